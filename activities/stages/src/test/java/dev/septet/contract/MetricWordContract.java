package dev.septet.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.MetricExtension;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every metric of a jar keeps. */
public abstract class MetricWordContract extends WordContract<MetricExtension> {
    private static final List<Outcome> OUTCOMES = List.of(
            outcome("send it to billing today", "send it to billing today", 1.5),
            outcome("send it to sales", "send it to billing now", 9.25),
            outcome("close the ticket, please", "", 30),
            outcome("größer 😀", "größer 😀", 0.125));

    private static Outcome outcome(String reference, String answer, double loss) {
        return new Outcome("a question", reference, answer, loss, 5, 9.0);
    }

    private Metric metric() {
        return extension().metric(used());
    }

    /** A row on which a model does well. */
    protected Outcome good() {
        return outcome("a b c d e", "a b c d e", 0.1);
    }

    /** A row on which a model does badly. */
    protected Outcome bad() {
        return outcome("a b c d e", "v w x y z", 50);
    }

    @Test
    void isWhatItsWordDeclares() {
        assertThat(metric().name()).isEqualTo(extension().word().name());
        assertThat(metric().lowerIsBetter()).isEqualTo(extension().word().lowerIsBetter());
        assertThat(metric().readsAnswer()).isEqualTo(extension().word().readsAnswer());
    }

    @Test
    void scoresRowsTheSameInAnyOrder() {
        List<Outcome> backward = List.of(OUTCOMES.get(3), OUTCOMES.get(2), OUTCOMES.get(1), OUTCOMES.get(0));
        assertThat(score(backward)).isCloseTo(score(OUTCOMES), within(1e-9));
    }

    @Test
    void doesNotMindRowsTwice() {
        List<Outcome> twice =
                Stream.concat(OUTCOMES.stream(), OUTCOMES.stream()).toList();
        assertThat(score(twice)).isCloseTo(score(OUTCOMES), within(1e-9));
    }

    @Test
    void staysWithinItsScale() {
        double score = score(OUTCOMES);
        assertThat(score).isBetween(0.0, extension().word().largest());
    }

    @Test
    void prefersTheBetterModel() {
        double gain = score(List.of(good())) - score(List.of(bad()));
        assertThat(extension().word().lowerIsBetter() ? -gain : gain).isPositive();
    }

    @Test
    void saysNaNForWhatIsMissing() {
        Outcome missing = new Outcome("", "a b c d e", null, Double.NaN, 5);
        assertThat(score(List.of(OUTCOMES.get(0), missing))).isNaN();
    }

    private double score(List<Outcome> outcomes) {
        Metric metric = metric();
        double[] sums = outcomes.stream()
                .map(metric::tally)
                .reduce((one, other) -> IntStream.range(0, one.length)
                        .mapToDouble(at -> one[at] + other[at])
                        .toArray())
                .orElseThrow();
        return metric.score(sums);
    }
}
