package dev.septet.activities.evaluate.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.ErrorClustersSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailureRuleTest {
    @Test
    void ofAShareTheRowsBelowTheHalfFail() {
        FailureRule rule = rule("rougeL", null, null, answer("the red fox"), answer("the blue sky"), answer(null));
        assertThat(failed(rule)).containsExactly(1, 2);
        assertThat(rule.words()).isEqualTo("rougeL of the row is below 0.5");
        assertThat(failed(rule("rougeL", 0.99, null, answer("the red"), answer("the red fox"))))
                .containsExactly(0);
    }

    @Test
    void ofALossTheWorstTenthFailsAndMissingNumbersFirst() {
        List<Outcome> outcomes = new ArrayList<>();
        for (int row = 0; row < 20; row++) {
            outcomes.add(loss(row == 7 ? Double.NaN : row % 5));
        }
        FailureRule rule = rule("loss", null, null, outcomes.toArray(Outcome[]::new));
        assertThat(failed(rule)).containsExactly(4, 7); // the first of those with a loss of 4
        assertThat(rule.words()).isEqualTo("loss of the row is among the worst 10.0 %");
        assertThat(failed(rule("loss", null, 0.2, outcomes.toArray(Outcome[]::new))))
                .containsExactly(4, 7, 9, 14);
    }

    @Test
    void rowsThatAreAllEqualDoNotFailAndLabelsAreRightOrWrong() {
        assertThat(failed(rule("loss", null, null, loss(1), loss(1), loss(1)))).isEmpty();
        assertThat(failed(rule("macroF1", null, null, answer("the red fox"), answer("other"), answer("the red fox"))))
                .containsExactly(1);
    }

    @Test
    void ofALossWithABoundTheRowsAboveItFail() {
        FailureRule rule = rule("loss", 2.0, null, loss(1), loss(2), loss(2.5), loss(Double.NaN));
        assertThat(failed(rule)).containsExactly(2, 3);
        assertThat(rule.words()).isEqualTo("loss of the row is above 2");
    }

    @Test
    void aRowOutsideOfTheSampleOfVotesDoesNotFail() {
        FailureRule rule = rule("humanWinRate", null, null, voted(1.0), voted(null), voted(0.0), voted(Double.NaN));
        assertThat(failed(rule)).containsExactly(2);
        assertThat(rule.measures(1)).isFalse();
    }

    private static Outcome voted(@Nullable Double wins) {
        return new Outcome(
                "the prompt", "the red fox", "the answer", 1, 1, null, new AnswerFacts(null, null, null).voted(wins));
    }

    private static List<Integer> failed(FailureRule rule) {
        return IntStream.range(0, rule.failed().size())
                .filter(rule::fails)
                .boxed()
                .toList();
    }

    private static FailureRule rule(
            String metric, @Nullable Double bound, @Nullable Double worst, Outcome... outcomes) {
        return FailureRule.of(
                new ErrorClustersSpec(null, null, bound, worst, null), Metrics.named(metric), List.of(outcomes));
    }

    private static Outcome answer(@Nullable String answer) {
        return new Outcome("the red fox", answer, 1, 1);
    }

    private static Outcome loss(double loss) {
        return new Outcome("a", null, loss, 1);
    }
}
