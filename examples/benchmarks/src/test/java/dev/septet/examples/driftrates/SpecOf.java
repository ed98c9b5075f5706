package dev.septet.examples.driftrates;

import dev.septet.dsl.pipeline.monitor.AlarmSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Detector;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Parts of a monitor. */
final class SpecOf {
    private SpecOf() {}

    /** The same monitor with these detectors only. */
    static MonitorSpec only(MonitorSpec spec, Set<Detector> detectors) {
        return new MonitorSpec(
                spec.every(),
                spec.log(),
                spec.minimum(),
                spec.drifts().stream()
                        .filter(d -> detectors.contains(d.detector()))
                        .toList(),
                spec.alarm(),
                spec.onDrift(),
                spec.onFeedback(),
                spec.policy());
    }

    /** Before there is one. */
    static MonitorSpec nothing() {
        return new MonitorSpec(
                Duration.ofHours(1),
                null,
                MonitorSpec.DEFAULT_MINIMUM,
                List.of(new DriftSpec(Detector.KS, Feature.PROMPT_LENGTH, null)),
                AlarmSpec.DEFAULT,
                null,
                null,
                MonitorSpec.DEFAULT_POLICY);
    }
}
