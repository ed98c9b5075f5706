package dev.septet.activities.evaluate.subject;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.Arrays;
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
    public double margin() {
        return rejectedLoss == null ? Double.NaN : rejectedLoss - loss;
    }

    /** The same prediction with further measures. */
    public Prediction with(AnswerFacts measured) {
        return new Prediction(answer, loss, tokens, rejectedLoss, measured);
    }

    /**
     * The least likely tokens of a text.
     *
     * @param logs log-probability of each token, in nats
     * @param share the part of the tokens that counts; at least one token does
     * @return without an answer; the loss is NaN when there are no tokens
     */
    public static Prediction ofLeastLikely(double[] logs, double share) {
        if (logs.length == 0) {
            return new Prediction(null, Double.NaN, 0);
        }
        double[] sorted = logs.clone();
        Arrays.sort(sorted);
        int count = Math.max(1, (int) (share * sorted.length));
        double loss = 0;
        for (int at = 0; at < count; at++) {
            loss -= sorted[at];
        }
        return new Prediction(null, loss, count);
    }

    /** The outcome on its row. */
    public Outcome against(Row row) {
        return new Outcome(row.promptText(), reference(row), answer, loss, tokens, rejectedLoss, facts);
    }

    /** The reference answer of a row; of plain text, the text itself. */
    public static String reference(Row row) {
        return row.reference().orElseGet(() -> row instanceof TextRow text ? text.text() : "");
    }
}
