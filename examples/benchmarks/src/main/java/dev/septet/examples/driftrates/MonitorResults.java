package dev.septet.examples.driftrates;

import dev.septet.activities.monitor.DriftCheck;
import dev.septet.activities.monitor.log.AuditWindow;
import dev.septet.activities.monitor.sample.Features;
import dev.septet.activities.monitor.sample.Proportion;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec.Feature;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.workflows.monitor.DriftAlarm;
import dev.septet.workflows.monitor.DriftFinding;
import dev.septet.workflows.monitor.Observation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The results of a monitor on one stream, and of each of its detectors as if it were the only one.
 *
 * @param looks observations of the whole monitor, check by check
 * @param alarm index of the check that raised the alarm first; null when none did
 * @param alone the same for each detector alone, by its title
 * @param wrong number of checks in which each detector alone found drift, by its title
 */
public record MonitorResults(
        List<Observation> looks,
        @Nullable Integer alarm,
        Map<String, @Nullable Integer> alone,
        Map<String, Integer> wrong) {
    /**
     * Monitors a stream.
     *
     * @param windows most windows to check
     * @param untilAlarm whether to stop after the alarm
     */
    static MonitorResults of(Traffic traffic, int windows, boolean untilAlarm, MonitorSpec spec, Pool pool)
            throws IOException {
        Set<Feature> features = new LinkedHashSet<>();
        spec.drifts().forEach(drift -> features.add(drift.feature()));
        Features trained = Features.of(traffic.trained(), features, pool);
        List<Observation> looks = new ArrayList<>();
        @Nullable Proportion opinions = null;
        DriftAlarm alarm = DriftAlarm.QUIET;
        for (int number = 0; number < windows && !(untilAlarm && alarm.raised()); number++) {
            AuditWindow window = traffic.window(number);
            // As in the monitor, later feedback is compared with the first window that has
            // feedback.
            Proportion first = opinions == null ? new Proportion(window.negative(), window.opinions()) : opinions;
            opinions = first;
            Observation observation =
                    new DriftCheck(spec, window).check(pool, all -> trained.with(Feature.NEGATIVE_FEEDBACK, first));
            looks.add(observation);
            alarm = alarm.after(observation, spec.alarm());
        }
        Map<String, @Nullable Integer> alone = new LinkedHashMap<>();
        Map<String, Integer> wrong = new LinkedHashMap<>();
        for (DriftSpec drift : spec.drifts()) {
            List<Observation> own = looks.stream()
                    .map(observation -> only(drift, observation, spec))
                    .toList();
            alone.put(DriftFinding.title(drift), alarm(own, spec));
            wrong.put(DriftFinding.title(drift), (int)
                    own.stream().filter(Observation::drifted).count());
        }
        return new MonitorResults(looks, alarm(looks, spec), alone, wrong);
    }

    /**
     * The observation as it would be with this detector only: its own chance is used without
     * correction for several detectors.
     */
    private static Observation only(DriftSpec drift, Observation observation, MonitorSpec spec) {
        List<DriftFinding> own = observation.findings().stream()
                .filter(finding -> finding.drift().equals(drift))
                .map(finding -> uncorrected(finding, spec))
                .toList();
        return new Observation(observation.rows(), observation.enough(), observation.cursor(), own);
    }

    private static DriftFinding uncorrected(DriftFinding finding, MonitorSpec spec) {
        Double chance = finding.chance();
        Double score = finding.score();
        Double above = finding.drift().above();
        boolean drifted = chance != null
                && score != null
                && chance < spec.alarm().falseAlarms()
                && (above == null || score > above);
        return new DriftFinding(finding.drift(), score, chance, chance, finding.rows(), drifted, finding.sentence());
    }

    private static @Nullable Integer alarm(List<Observation> looks, MonitorSpec spec) {
        DriftAlarm alarm = DriftAlarm.QUIET;
        for (int look = 0; look < looks.size(); look++) {
            alarm = alarm.after(looks.get(look), spec.alarm());
            if (alarm.raised()) {
                return look;
            }
        }
        return null;
    }
}
