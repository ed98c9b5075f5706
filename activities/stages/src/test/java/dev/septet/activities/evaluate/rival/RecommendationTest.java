package dev.septet.activities.evaluate.rival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.rival.RivalReport.Candidate;
import dev.septet.activities.evaluate.rival.RivalReport.Choice;
import dev.septet.activities.evaluate.rival.RivalReport.Difference;
import dev.septet.dsl.pipeline.evaluate.RetrievalSpec.By;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rule of {@code septet recommend}, on numbers. */
class RecommendationTest {
    /** Every difference has this half-width. */
    private double half = 0.1;

    private boolean lower;
    private int rows = 100;

    @Test
    void theBestWinsIfEveryCheaperOneIsWorse() {
        assertThat(of(0.1, 0.5, 0.3, 0.8)).satisfies(best -> {
            assertThat(best.choice()).isEqualTo(Choice.BOTH);
            assertThat(best.words()).isEqualTo("both");
            assertThat(best.steps()).extracting(Recommendation.Step::worse).containsExactly(true, true, true, false);
            assertThat(best.moreRows()).isNull();
        });
        assertThat(of(0.1, 0.8, 0.3, 0.8).choice()).isEqualTo(Choice.FINE_TUNE);
        assertThat(of(0.1, 0.3, 0.8, 0.8).choice()).isEqualTo(Choice.RETRIEVE);
        assertThat(of(0.8, 0.3, 0.1, 0.8).choice()).isEqualTo(Choice.NEITHER);
    }

    @Test
    void theCheaperOneWinsWhereTheIntervalContainsZero() {
        Recommendation found = of(0.1, 0.45, 0.5, 0.52);
        assertThat(found.choice()).isEqualTo(Choice.FINE_TUNE);
        assertThat(found.why())
                .isEqualTo(
                        "acc of the tuned model, retrieval by words is better by 0.07, but the 95 % interval (-0.03 to"
                                + " 0.17) contains 0, and the tuned model is cheaper");
        // n (2.8 / 1.96 * 0.1 / 0.07)^2 rows in all
        assertThat(found.moreRows()).isEqualTo(317);
        assertThat(of(0.45, 0.5, 0.5, 0.52).choice()).isEqualTo(Choice.NEITHER);
    }

    /** Between training and retrieval, the number of tokens decides. */
    @Test
    void fewerTokensAreCheaper() {
        assertThat(of(List.of(10.0, 90.0, 40.0, 95.0), 0.1, 0.5, 0.5, 0.5).choice())
                .isEqualTo(Choice.RETRIEVE);
        assertThat(of(List.of(10.0, 90.0, 90.0, 95.0), 0.1, 0.5, 0.5, 0.5).choice())
                .isEqualTo(Choice.FINE_TUNE);
    }

    @Test
    void aSmallerLossIsBetter() {
        lower = true;
        assertThat(of(3.0, 1.0, 2.0, 1.0)).satisfies(found -> {
            assertThat(found.choice()).isEqualTo(Choice.FINE_TUNE);
            assertThat(found.steps().get(0).gap()).isEqualTo(2);
            assertThat(found.steps().get(0).interval()).isEqualTo(new Interval(1.9, 2.1));
        });
    }

    @Test
    void nothingIsRecommendedWithoutNumbersOrRows() {
        Recommendation missing = of(0.1, 0.5, Double.NaN, 0.5);
        assertThat(missing.choice()).isNull();
        assertThat(missing.words()).isEqualTo("nothing");
        assertThat(missing.why())
                .isEqualTo(
                        "acc of the base model, retrieval by words could not be measured, so nothing is recommended");
        rows = 7;
        assertThat(of(0.1, 0.5, 0.3, 0.8).why()).isEqualTo("there are only 7 rows: at least 8 are needed to decide");
        half = 0;
        assertThatThrownBy(() -> Recommendation.of(set(List.of(1.0, 2.0, 3.0, 4.0), 1, 1, 1, 1), "bleu"))
                .hasMessage("the metric 'bleu' is not measured on these rows; choose one of acc");
    }

    /** Such as that of a score that divides by a number which is 0 in some draw of the rows. */
    @Test
    void nothingIsRecommendedWithoutAnInterval() {
        half = Double.NaN;
        Recommendation found = of(0.1, 0.5, 0.3, 0.8);
        assertThat(found.choice()).isNull();
        assertThat(found.steps()).isEmpty();
        assertThat(found.why())
                .isEqualTo(
                        "the interval of acc between the base model and the tuned model, retrieval by words could not"
                                + " be measured, so nothing is recommended; use more rows, or another metric");
    }

    private Recommendation of(double... scores) {
        return of(List.of(10.0, 20.0, 60.0, 70.0), scores);
    }

    private Recommendation of(List<Double> tokens, double... scores) {
        return Recommendation.of(set(tokens, scores), "acc");
    }

    @SuppressWarnings(
            "NullAway") // it does not see the annotation of a nested type in the class file of a nested record
    private RivalReport.Set set(List<Double> tokens, double... scores) {
        List<Candidate> candidates = new ArrayList<>();
        List<Difference> differences = new ArrayList<>();
        List<Choice> choices = List.of(Choice.NEITHER, Choice.FINE_TUNE, Choice.RETRIEVE, Choice.BOTH);
        for (int of = 0; of < scores.length; of++) {
            @Nullable By by = of < 2 ? null : By.WORDS;
            candidates.add(new Candidate(
                    choices.get(of),
                    by,
                    Map.of("acc", new RivalReport.Value(scores[of], new Interval(scores[of], scores[of]))),
                    tokens.get(of) - 5,
                    5,
                    "seconds/" + of));
            for (int from = 0; from < of; from++) {
                double value = scores[of] - scores[from];
                differences.add(new Difference("acc", of, from, value, new Interval(value - half, value + half)));
            }
        }
        return new RivalReport.Set(
                "", rows, List.of(new RivalReport.Measured("acc", lower)), List.of(), candidates, differences);
    }
}
