package dev.septet.activities.monitor;

import dev.septet.activities.monitor.detector.Holm;
import dev.septet.activities.monitor.log.AuditWindow;
import dev.septet.activities.monitor.prompt.PromptReader;
import dev.septet.activities.monitor.sample.Features;
import dev.septet.activities.monitor.sample.Proportion;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.workflows.monitor.DriftFinding;
import dev.septet.workflows.monitor.Observation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One look: the window's features against the baseline's, detector by detector. A detector says
 * drift when its score is above the bound of the pipeline file, if that has one, and its chance,
 * corrected for the number of detectors, is below the rate of false alarms that the file accepts.
 */
public record DriftCheck(MonitorSpec spec, AuditWindow window) {
    /** Where the baseline comes from, when there is enough to compare it with. */
    @FunctionalInterface
    public interface Baseline {
        Features features(Set<Feature> wanted) throws IOException;
    }

    /**
     * Looks.
     *
     * <p>Below the minimum nothing is said, and the next look begins where this one did, so that
     * rows gather.
     */
    public Observation look(PromptReader reader, Baseline baseline) throws IOException {
        int rows = window.rows().size();
        if (rows < spec.minimum()) {
            return new Observation(rows, false, window.from(), List.of());
        }
        Set<Feature> wanted = EnumSet.noneOf(Feature.class);
        spec.drifts().forEach(drift -> wanted.add(drift.feature()));
        Features trained = baseline.features(wanted);
        Features asked = Features.of(window.rows(), wanted, reader)
                .with(Feature.NEGATIVE_FEEDBACK, new Proportion(window.negative(), window.opinions()));
        return new Observation(rows, true, window.next(), findings(trained, asked));
    }

    private List<DriftFinding> findings(Features trained, Features asked) {
        List<BaselineComparison> comparisons = new ArrayList<>();
        for (DriftSpec drift : spec.drifts()) {
            comparisons.add(BaselineComparison.of(drift, trained.of(drift.feature()), asked.of(drift.feature())));
        }
        double[] corrected = Holm.corrected(
                comparisons.stream().mapToDouble(BaselineComparison::chance).toArray());
        List<DriftFinding> findings = new ArrayList<>();
        for (int at = 0; at < corrected.length; at++) {
            findings.add(comparisons.get(at).finding(corrected[at], spec.alarm().falseAlarms()));
        }
        return findings;
    }
}
