package dev.septet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.monitor.detector.Detection;
import dev.septet.activities.monitor.detector.Detector;
import dev.septet.activities.monitor.detector.DetectorExtension;
import dev.septet.activities.monitor.sample.Counts;
import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.activities.monitor.sample.NumericSample;
import dev.septet.activities.monitor.sample.TextFeatures;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every drift detector of a jar keeps, for each kind of values that it compares. */
public abstract class DetectorWordContract extends WordContract<DetectorExtension> {
    private static final int VALUES = 400;
    private static final int DRAWS = 200;

    private Detector detector() {
        return extension().detector(used());
    }

    @Test
    void saysTheSameOfTheSameSamples() {
        for (DriftSpec.Kind kind : extension().word().compares()) {
            Detection once = detector().detect(sample(kind, 1, 0), sample(kind, 2, 0));
            assertThat(detector().detect(sample(kind, 1, 0), sample(kind, 2, 0)))
                    .as(kind.name())
                    .isEqualTo(once);
        }
    }

    @Test
    void findsAShiftThatIsThere() {
        for (DriftSpec.Kind kind : extension().word().compares()) {
            Detection calm = detector().detect(sample(kind, 1, 0), sample(kind, 2, 0));
            Detection shifted = detector().detect(sample(kind, 1, 0), sample(kind, 2, 3));
            assertThat(shifted.score()).as(kind.name()).isGreaterThan(calm.score());
            assertThat(shifted.chance()).as(kind.name()).isLessThan(0.001);
        }
    }

    /** Without drift, a chance below 0.05 comes up in about 5 of 100 checks. */
    @Test
    void raisesNoMoreFalseAlarmsThanItSays() {
        for (DriftSpec.Kind kind : extension().word().compares()) {
            int alarms = 0;
            for (int draw = 0; draw < DRAWS; draw++) {
                Detection seen = detector().detect(sample(kind, 2L * draw + 10, 0), sample(kind, 2L * draw + 11, 0));
                assertThat(seen.chance()).as(kind.name()).isBetween(0.0, 1.0);
                assertThat(seen.score()).as(kind.name()).isGreaterThanOrEqualTo(0);
                alarms += seen.chance() < 0.05 ? 1 : 0;
            }
            assertThat(alarms).as(kind.name()).isLessThanOrEqualTo(DRAWS / 10);
        }
    }

    @Test
    void findsNothingInSamplesOfOneValue() {
        if (extension().word().compares().contains(DriftSpec.Kind.NUMBER)) {
            FeatureSample same = NumericSample.of(new double[extension().fewest()]);
            assertThat(detector().detect(same, same).chance()).isGreaterThan(0.05);
        }
    }

    private static FeatureSample sample(DriftSpec.Kind kind, long seed, int shift) {
        Random random = new Random(seed);
        List<Integer> values = IntStream.range(0, VALUES)
                .mapToObj(at -> (int) Math.round(50 + 10 * random.nextGaussian()) + 10 * shift)
                .toList();
        return switch (kind) {
            case NUMBER ->
                NumericSample.of(values.stream().mapToDouble(value -> value).toArray());
            case CATEGORY ->
                Counts.of(values.stream().map(value -> "c" + value / 10).toList());
            case TEXT ->
                new TextFeatures(values.stream()
                        .map(value -> String.format(Locale.ROOT, "about word%d and word%d", value / 10, value / 20))
                        .toList());
            default -> throw new IllegalArgumentException("no jar compares " + kind);
        };
    }
}
