package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ChampionComparisonTest {
    /** The champion cuts the same answers into twice as many tokens, and foretells them alike. */
    @Test
    void aTokenizerOfShorterTokensIsNoAdvantage() {
        List<Outcome> champion = List.of(new Outcome("yes", null, 6, 4), new Outcome("no", null, 4, 2));
        List<Outcome> tuned = List.of(new Outcome("yes", null, 6, 2), new Outcome("no", null, 4, 1));
        Measurement loss = measured(champion, tuned);
        assertThat(loss.metric()).isEqualTo("loss");
        assertThat(loss.after()).isCloseTo(10 / 3.0, within(1e-12));
        assertThat(Objects.requireNonNull(loss.before())).isEqualTo(loss.after());
    }

    @Test
    void aLikelierAnswerIsOne() {
        List<Outcome> champion = List.of(new Outcome("yes", null, 6, 4));
        List<Outcome> tuned = List.of(new Outcome("yes", null, 5, 2));
        Measurement loss = measured(champion, tuned);
        assertThat(Objects.requireNonNull(loss.before())).isEqualTo(3);
        assertThat(loss.after()).isEqualTo(2.5);
    }

    private static Measurement measured(List<Outcome> champion, List<Outcome> tuned) {
        return new ChampionComparison(EvaluateSpec.DEFAULT, "the champion", champion, tuned, new Bootstrap(7))
                .measurements()
                .get(0);
    }
}
