package dev.septet.activities.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class RateIncreaseTest {
    /** Found by bisection of the binomial sums P(X >= 5) = 0.05 and P(X <= 5) = 0.05 of 50. */
    @Test
    void limitsAreThoseOfClopperAndPearson() {
        assertThat(RateIncrease.low(5, 50, 0.05)).isCloseTo(0.0402366, within(1e-6));
        assertThat(RateIncrease.high(5, 50, 0.05)).isCloseTo(0.1988330, within(1e-6));
        assertThat(RateIncrease.low(3, 3, 0.05)).isCloseTo(Math.cbrt(0.05), within(1e-9));
        assertThat(RateIncrease.high(0, 45, 0.05)).isCloseTo(1 - Math.pow(0.05, 1.0 / 45), within(1e-9));
        assertThat(RateIncrease.low(0, 9, 0.05)).isZero();
        assertThat(RateIncrease.high(9, 9, 0.05)).isEqualTo(1);
    }

    @Test
    void oneFailedRequestProvesNothingAndTenInARowProveHarm() {
        double alpha = 0.05 / (6 * 120);
        assertThat(RateIncrease.atLeast(1, 1, 0, 45, alpha)).isLessThan(0.02);
        assertThat(RateIncrease.atLeast(10, 10, 0, 90, alpha)).isGreaterThan(0.02);
        assertThat(RateIncrease.atLeast(10, 10, 0, 0, alpha)).isEqualTo(-1);
    }

    /** A model exactly as bad as allowed is called proven worse no more often than alpha. */
    @Test
    void itIsRightAsOftenAsItSays() {
        UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(5);
        int trials = 4000;
        int wrong = 0;
        for (int trial = 0; trial < trials; trial++) {
            long now = failures(random, 60, 0.07);
            long before = failures(random, 540, 0.05);
            wrong += RateIncrease.atLeast(now, 60, before, 540, 0.05) > 0.02 ? 1 : 0;
        }
        assertThat((double) wrong / trials).isLessThanOrEqualTo(0.05);
    }

    private static long failures(UniformRandomProvider random, int of, double rate) {
        long count = 0;
        for (int at = 0; at < of; at++) {
            count += random.nextDouble() < rate ? 1 : 0;
        }
        return count;
    }
}
