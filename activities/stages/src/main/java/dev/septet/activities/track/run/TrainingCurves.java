package dev.septet.activities.track.run;

import dev.septet.activities.train.LedgerLine;
import dev.septet.workflows.track.StageSpan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The curves of a training from its ledger. A ledger has no times, so that it does not depend on speed. So the steps are
 * spread evenly over the time that the stage took by the clock of the workflow: the same in each attempt.
 */
final class TrainingCurves {
    private final StageSpan span;
    private final int steps;
    private final Map<String, List<TrackedCurve.Point>> curves = new LinkedHashMap<>();

    private TrainingCurves(StageSpan span, int steps) {
        this.span = span;
        this.steps = steps;
    }

    static List<TrackedCurve> of(List<LedgerLine> ledger, StageSpan span) {
        TrainingCurves all = new TrainingCurves(span, ledger.size());
        for (LedgerLine line : ledger) {
            all.add(line);
        }
        return all.curves.entrySet().stream()
                .map(one -> new TrackedCurve(one.getKey(), one.getValue()))
                .toList();
    }

    private void add(LedgerLine line) {
        add("loss", line, line.loss());
        add("learning_rate", line, line.learningRate());
        add("gradient_norm", line, line.gradientNorm());
        add("tokens", line, line.inputTokens() == 0 ? null : (Double) (double) line.inputTokens());
        add("epoch", line, (double) line.epoch());
        add("validation_loss", line, line.validationLoss());
        add("validation_accuracy", line, line.validationAccuracy());
        add("reward_accuracy", line, line.rewardAccuracy());
        add("reward_margin", line, line.rewardMargin());
        add("penalty", line, line.penalty());
    }

    private void add(String name, LedgerLine line, @Nullable Double value) {
        if (value != null && Double.isFinite(value)) {
            long took = span.endedMillis() - span.startedMillis();
            long millis = span.startedMillis() + Math.round((double) took * (line.step() + 1) / steps);
            curves.computeIfAbsent(name, any -> new ArrayList<>())
                    .add(new TrackedCurve.Point(line.step(), millis, value));
        }
    }
}
