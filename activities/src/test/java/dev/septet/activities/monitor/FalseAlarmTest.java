package dev.septet.activities.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.spec.DriftSpec;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.apache.commons.rng.sampling.distribution.LogNormalSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How often detectors cry wolf, and how often they sleep, on 200 streams each. Prompt lengths are
 * log-normal and whole; drift makes them half as long again.
 */
class FalseAlarmTest {
    private static final int STREAMS = 200;
    private static final int TRAINED = 1000;

    @ParameterizedTest
    @CsvSource({
        "PSI, 0.2, 100",
        "PSI, 0.2, 400",
        "PSI, 0.1, 1000",
        "KS, 0.15, 100",
        "KS, 0.15, 400",
        "KS, 0.1, 1000",
        "PSI, 0.2, 30",
        "KS, 0.15, 30"
    })
    void criesWolfInAtMostTwoOfAHundredLooks(
            DriftSpec.Detector detector, double above, int window) {
        assertThat(alarms(detector, above, window, 1.0)).isLessThanOrEqualTo(STREAMS / 50);
    }

    @ParameterizedTest
    @CsvSource({"PSI, 0.2, 100", "PSI, 0.2, 400", "KS, 0.15, 100", "KS, 0.15, 200"})
    void seesPromptsHalfAsLongAgain(DriftSpec.Detector detector, double above, int window) {
        assertThat(alarms(detector, above, window, 1.5)).isGreaterThanOrEqualTo(STREAMS * 19 / 20);
    }

    private static int alarms(
            DriftSpec.Detector detector, double above, int window, double longer) {
        int alarms = 0;
        for (int stream = 0; stream < STREAMS; stream++) {
            UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(9000L + stream);
            Sample trained = lengths(random, TRAINED, 1.0);
            Sample asked = lengths(random, window, longer);
            Detection detection = Detector.named(detector).detect(trained, asked);
            alarms += detection.drifted(above) ? 1 : 0;
        }
        return alarms;
    }

    private static Sample lengths(UniformRandomProvider random, int count, double longer) {
        ContinuousSampler sampler =
                LogNormalSampler.of(ZigguratSampler.NormalizedGaussian.of(random), 4.5, 0.5);
        double[] lengths = new double[count];
        for (int at = 0; at < count; at++) {
            lengths[at] = Math.rint(longer * sampler.sample());
        }
        return Sample.of(lengths);
    }
}
