package dev.septet.activities.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A model's result on one row.
 *
 * @param answer the generated answer, null when none was needed
 * @param loss negative log-likelihood of the reference, summed over its tokens, in nats
 * @param tokens number of tokens in the sum
 * @param rejectedLoss the same loss of a pair's rejected answer; null when the row is not a pair
 * @param facts further measures of the answer; null when no metric needs them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Prediction(
        @Nullable String answer,
        double loss,
        int tokens,
        @Nullable Double rejectedLoss,
        @Nullable AnswerFacts facts) {
    /** A prediction without further measures. */
    public Prediction(@Nullable String answer, double loss, int tokens, @Nullable Double rejectedLoss) {
        this(answer, loss, tokens, rejectedLoss, null);
    }

    /** A prediction on a row with one answer. */
    public Prediction(@Nullable String answer, double loss, int tokens) {
        this(answer, loss, tokens, null, null);
    }

    /** log p(chosen) - log p(rejected) of a pair, in nats; NaN when the row is not a pair. */
    double margin() {
        return rejectedLoss == null ? Double.NaN : rejectedLoss - loss;
    }

    /** The same prediction with further measures. */
    Prediction with(AnswerFacts measured) {
        return new Prediction(answer, loss, tokens, rejectedLoss, measured);
    }

    Outcome against(Row row) {
        return new Outcome(row.promptText(), EvaluationRows.reference(row), answer, loss, tokens, rejectedLoss, facts);
    }
}
