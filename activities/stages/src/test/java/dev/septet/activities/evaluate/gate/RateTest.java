package dev.septet.activities.evaluate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.workflows.artifact.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateTest {
    /** Reference: scipy 1.17.1, {@code binomtest(count, total).proportion_ci(0.95, 'wilson')}. */
    @ParameterizedTest
    @CsvSource({
        "0, 10, 0.0, 0.27753279986288926",
        "0, 100, 0.0, 0.03699349820698568",
        "1, 40, 0.004426831502681396, 0.1288136896347409",
        "5, 60, 0.03612045660173076, 0.1806894201833441",
        "30, 60, 0.3773502424155577, 0.6226497575844423",
        "59, 60, 0.9114487027240994, 0.9970518402052138",
        "60, 60, 0.9398281478579101, 1.0",
        "3, 1000, 0.0010207838811386186, 0.008783014053503173"
    })
    void hasWilsonsInterval(int count, int total, double low, double high) {
        Interval interval = new Rate("r", count, total, 0, "").interval();
        assertThat(interval.low()).isCloseTo(low, within(1e-12));
        assertThat(interval.high()).isCloseTo(high, within(1e-12));
    }

    @Test
    void aRateOfZeroNeedsEnoughRows() {
        assertThat(Rate.leastRows(0.01)).isEqualTo(381);
        assertThat(Rate.leastRows(0.05)).isEqualTo(73);
        assertThat(Rate.leastRows(0.1)).isEqualTo(35);
        assertThat(new Rate("r", 0, 380, 0, "").atMost(0.01).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(new Rate("r", 0, 381, 0, "").atMost(0.01).verdict()).isEqualTo(Verdict.GO);
    }

    @Test
    void saysHowManyRowsWouldDecide() {
        assertThat(new Rate("r", 1, 100, 0, "").atMost(0.02).why())
                .matches("r: 1 of 100 \\(1.0 %\\), at most 2.0 %, but its 95 % interval .* is not; about \\d+ rows with"
                        + " this rate would decide");
        assertThat(new Rate("r", 2, 100, 0, "").atMost(0.02).why()).endsWith("no number of rows would decide");
    }

    @Test
    void aLowerBoundIsTheUpperBoundOfTheRest() {
        assertThat(new Rate("r", 60, 60, 0, "").atLeast(0.9).verdict()).isEqualTo(Verdict.GO);
        assertThat(new Rate("r", 57, 60, 0, "").atLeast(0.9).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(new Rate("r", 50, 60, 0, "").atLeast(0.9).verdict()).isEqualTo(Verdict.NO_GO);
    }

    @Test
    void whatCouldNotBeMeasuredIsNeverAGo() {
        assertThat(new Rate("r", 0, 1000, 1, "1: why").atMost(0.5).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(new Rate("r", 0, 1000, 1, "1: why").atMost(null).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(new Rate("r", 900, 1000, 1, "1: why").atMost(0.5).verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(new Rate("r", 1000, 1000, 1, "1: why").atLeast(0.5).verdict())
                .isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(new Rate("r", 0, 0, 5, "5: why").atMost(null).verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(new Rate("r", 0, 0, 0, "").atMost(null).verdict()).isEqualTo(Verdict.NO_GO);
    }
}
