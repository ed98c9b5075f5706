package dev.septet.workflows;

import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.setup.PlannedTrial;
import dev.septet.workflows.setup.SearchEnd;
import dev.septet.workflows.setup.SearchPlan;
import dev.septet.workflows.setup.SearchPoint;
import dev.septet.workflows.setup.TrialRequest;
import dev.septet.workflows.setup.TrialResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A search whose trials take no step: the loss of a rung is a function of the trial. */
final class FakeSearch {
    /** Nine trials, of which three and then one continue. */
    volatile SearchPlan plan = plan(9, List.of(9, 3, 1), 0);

    /** The validation loss of a trial after a rung. */
    volatile ToDoubleFunction<TrialRequest> loss = trial -> trial.number() == 5 ? 0.1 : 1.0 / (1 + trial.number());

    /** What is compared; null = the loss. */
    volatile @Nullable Double score;

    /** Milliseconds until a trial answers. */
    volatile ToLongFunction<TrialRequest> delay = trial -> 0;

    /** Trials that ran, such as {@code 5/1}. */
    final ConcurrentLinkedQueue<String> ran = new ConcurrentLinkedQueue<>();

    final ConcurrentLinkedQueue<SearchEnd> ended = new ConcurrentLinkedQueue<>();

    static SearchPlan plan(int trials, List<Integer> widths, long early) {
        return new SearchPlan(
                IntStream.range(0, trials)
                        .mapToObj(number -> new PlannedTrial(
                                number,
                                new SearchPoint(1e-4 * (1 + number), 8, 4, null, null, null, null),
                                List.of(3, 9, 27).subList(3 - widths.size(), 3)))
                        .toList(),
                widths,
                early,
                null);
    }

    SearchPlan plan() {
        return plan;
    }

    TrialResult trial(TrialRequest request, PlannedTrial planned) {
        ran.add(request.number() + "/" + request.rung());
        long millis = delay.applyAsLong(request);
        if (millis > 0) {
            LockSupport.parkNanos(millis * 1_000_000);
        }
        return new TrialResult(
                request.number(),
                request.learningRate(),
                request.rank(),
                loss.applyAsDouble(request),
                request.rung(),
                planned.ends().get(request.rung()),
                Map.of(),
                score,
                new Origin("0".repeat(64), null, "first run"));
    }
}
