package dev.septet.activities.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.evaluate.metric.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What a model did on one row.
 *
 * @param answer what it wrote, null when it was not asked to
 * @param loss negative log-likelihood of the reference, summed over its tokens, in nats
 * @param tokens tokens that the sum is over
 * @param rejectedLoss the same as loss of a pair's rejected answer; null where the row is no pair
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Prediction(
        @Nullable String answer,
        double loss,
        int tokens,
        @Nullable Double rejectedLoss) {
    /** On a row with one answer. */
    public Prediction(@Nullable String answer, double loss, int tokens) {
        this(answer, loss, tokens, null);
    }

    /** How much likelier a pair's chosen answer is, in nats; NaN where the row is no pair. */
    double margin() {
        return rejectedLoss == null ? Double.NaN : rejectedLoss - loss;
    }

    Outcome against(Row row) {
        return new Outcome(row.promptText(), EvaluationRows.reference(row), answer, loss, tokens, rejectedLoss);
    }
}
