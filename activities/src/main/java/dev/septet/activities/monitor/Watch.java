package dev.septet.activities.monitor;

import dev.septet.dsl.spec.DriftSpec;
import dev.septet.dsl.spec.MonitorSpec;
import dev.septet.workflows.monitor.DriftFinding;
import dev.septet.workflows.monitor.Observation;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** One look: a window of the log against the baseline, detector by detector. */
record Watch(MonitorSpec spec, AuditWindow window) {
    /** Where the baseline comes from, when there is enough to compare it with. */
    @FunctionalInterface
    interface Baseline {
        Features features(Set<DriftSpec.Feature> wanted) throws IOException;
    }

    /**
     * Looks.
     *
     * <p>Below the minimum nothing is said, and the next look begins where this one did, so that
     * rows gather.
     */
    Observation look(PromptReader reader, Baseline baseline) throws IOException {
        int rows = window.prompts().size();
        if (rows < spec.minimum()) {
            return new Observation(rows, false, window.from(), List.of());
        }
        Set<DriftSpec.Feature> wanted = EnumSet.noneOf(DriftSpec.Feature.class);
        spec.drifts().forEach(drift -> wanted.add(drift.feature()));
        Features trained = baseline.features(wanted);
        Features asked = Features.of(window.prompts(), wanted, reader);
        List<DriftFinding> findings =
                spec.drifts().stream()
                        .map(
                                drift ->
                                        finding(
                                                drift,
                                                trained.of(drift.feature()),
                                                asked.of(drift.feature())))
                        .toList();
        return new Observation(rows, true, window.next(), findings);
    }

    private static DriftFinding finding(DriftSpec drift, Sample trained, Sample asked) {
        if (trained.size() < 2 || asked.size() < 2) {
            return new DriftFinding(drift, 0, false);
        }
        Detection detection = Detector.named(drift.detector()).detect(trained, asked);
        return new DriftFinding(drift, detection.score(), detection.drifted(drift.above()));
    }
}
