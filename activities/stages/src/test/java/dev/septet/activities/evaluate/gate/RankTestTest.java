package dev.septet.activities.evaluate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class RankTestTest {
    private static final Bootstrap BOOTSTRAP = new Bootstrap(7);

    /** 7 of the 9 pairs have the larger value in the first sample, and one is a tie. */
    @Test
    void isTheShareOfPairsWithTheLargerValue() {
        RankTest test = RankTest.of(List.of(3.0, 5.0, 2.0), List.of(2.0, 1.0, 4.0), BOOTSTRAP);
        assertThat(test.area()).isCloseTo((1 + 1 + 0 + 1 + 1 + 1 + 0.5 + 1 + 0) / 9, within(1e-12));
        assertThat(test.interval().low()).isBetween(0.0, test.area());
        assertThat(test.interval().high()).isBetween(test.area(), 1.0);
    }

    @Test
    void isOneForSeparateSamplesAndAHalfForEqualOnes() {
        List<Double> low = values(0, 100);
        List<Double> high = values(200, 300);
        assertThat(RankTest.of(high, low, BOOTSTRAP)).isEqualTo(new RankTest(1, new Interval(1, 1)));
        assertThat(RankTest.of(low, high, BOOTSTRAP).area()).isZero();
        RankTest same = RankTest.of(low, low, BOOTSTRAP);
        assertThat(same.area()).isEqualTo(0.5);
        assertThat(same.interval().low()).isBetween(0.38, 0.45);
        assertThat(same.interval().high()).isBetween(0.55, 0.62);
    }

    @Test
    void isMissingWhereANumberIs() {
        assertThat(RankTest.of(List.of(), List.of(1.0), BOOTSTRAP).area()).isNaN();
        assertThat(RankTest.of(List.of(1.0, Double.NaN), List.of(1.0), BOOTSTRAP)
                        .area())
                .isNaN();
    }

    private static List<Double> values(int from, int to) {
        return DoubleStream.iterate(from, value -> value + 1)
                .limit(to - from)
                .boxed()
                .toList();
    }
}
