package dev.septet.activities.monitor;

import dev.septet.activities.evaluate.gate.Holm;
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
 * One drift check: compares the window's features with the baseline's, detector by detector. A
 * detector reports drift when its p-value, corrected for the number of detectors, is below the
 * accepted rate of false alarms. If the pipeline file sets a bound, the score must also exceed it.
 */
public record DriftCheck(MonitorSpec spec, AuditWindow window) {
    /** Provides the baseline, when the window has enough rows. */
    @FunctionalInterface
    public interface Baseline {
        Features features(Set<Feature> features) throws IOException;
    }

    /**
     * Runs the check.
     *
     * <p>Below the minimum number of rows there are no findings, and the next check starts at the
     * same place, so that rows accumulate.
     */
    public Observation check(PromptReader reader, Baseline baseline) throws IOException {
        int rows = window.rows().size();
        if (rows < spec.minimum()) {
            return new Observation(rows, false, window.from(), List.of());
        }
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        spec.drifts().forEach(drift -> features.add(drift.feature()));
        Features trained = baseline.features(features);
        Features observed = Features.of(window.rows(), features, reader)
                .with(Feature.NEGATIVE_FEEDBACK, new Proportion(window.negative(), window.opinions()));
        return new Observation(rows, true, window.next(), findings(trained, observed));
    }

    private List<DriftFinding> findings(Features trained, Features observed) {
        List<BaselineComparison> comparisons = new ArrayList<>();
        for (DriftSpec drift : spec.drifts()) {
            comparisons.add(BaselineComparison.of(drift, trained.of(drift.feature()), observed.of(drift.feature())));
        }
        double[] corrected = Holm.corrected(
                comparisons.stream().mapToDouble(BaselineComparison::pValue).toArray());
        List<DriftFinding> findings = new ArrayList<>();
        for (int at = 0; at < corrected.length; at++) {
            findings.add(comparisons.get(at).finding(corrected[at], spec.alarm().falseAlarms()));
        }
        return findings;
    }
}
