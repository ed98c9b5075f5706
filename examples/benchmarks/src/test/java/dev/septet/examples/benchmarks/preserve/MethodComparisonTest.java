package dev.septet.examples.benchmarks.preserve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class MethodComparisonTest {
    private static final Point BASE = new Point(0, 5, 0.3);

    @Test
    void readsTheSuiteWhereTheTaskIsAsGood() {
        Curve plain = plain(1, 0.40);
        // The task's loss is read as its logarithm: 0.2 lies half-way from 0.4 to 0.1.
        assertThat(plain.suiteAt(0.2).orElseThrow()).isCloseTo(0.42, within(1e-12));
        assertThat(plain.suiteAt(0.5)).isEmpty();
        assertThat(plain.suiteAt(0.05)).isEmpty();
    }

    @Test
    void comparesSeedBySeed() {
        MethodComparison comparison = MethodComparison.of(
                List.of(plain(1, 0.40), plain(2, 0.42), plain(3, 0.5)),
                List.of(held(1, 0.32, 0.2), held(2, 0.33, 0.2)));
        // Differences -0.10 and -0.11; t of one degree of freedom is 12.706, s / sqrt(2) 0.005.
        assertThat(comparison.row())
                .isEqualTo("| `preserve l2sp: 0.01` | 1, 2 | 0.200 | +0.130 | +0.025 | -0.100, -0.110"
                        + " | -0.169 to -0.041 |");
    }

    @Test
    void saysWhatCannotBeCompared() {
        assertThat(new MethodComparison(List.of(plain(1, 0.4)), List.of(held(1, 0.32, 0.05))).row())
                .isEqualTo("| `preserve l2sp: 0.01` | 1 | no plain training of seed 1 came as near to"
                        + " a ticket loss of 0.050 | | | | |");
        assertThatThrownBy(() -> MethodComparison.of(List.of(plain(1, 0.4)), List.of(held(2, 0.3, 0.2))))
                .hasMessage("l2sp was trained with seeds [2], but the plain training with []; train with the missing"
                        + " seeds");
    }

    private static Curve plain(long seed, double suite) {
        return new Curve("plain", "", seed, List.of(BASE, new Point(30, 0.4, suite), new Point(60, 0.1, suite + 0.04)));
    }

    private static Curve held(long seed, double suite, double task) {
        return new Curve("l2sp", "preserve l2sp: 0.01", seed, List.of(BASE, new Point(60, task, suite)));
    }
}
