package com.example.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.monitor.detector.Detection;
import dev.septet.activities.monitor.detector.DetectorExtension;
import dev.septet.activities.monitor.sample.NumericSample;
import dev.septet.contract.DetectorWordContract;
import org.junit.jupiter.api.Test;

class RankShiftTest extends DetectorWordContract {
    @Override
    protected DetectorExtension extension() {
        return new RankShift();
    }

    /** scipy 1.17.1: {@code mannwhitneyu([1, 2, 2, 3], [2, 3, 4, 5, 5], use_continuity=False, method='asymptotic')}. */
    @Test
    void agreesWithScipy() {
        Detection seen = extension().detector(used()).detect(NumericSample.of(1, 2, 2, 3), NumericSample.of(2, 3, 4, 5, 5));
        assertThat(seen.chance()).isCloseTo(0.05945109331155363, within(1e-9));
        assertThat(seen.score()).isCloseTo(0.75, within(1e-12));
    }
}
