package dev.septet.activities.evaluate.metric;

import org.jspecify.annotations.Nullable;

/**
 * What one model did on one held-out row.
 *
 * @param prompt what the model was asked, in plain words
 * @param reference the answer that the row holds
 * @param answer what the model wrote, null when no metric of the run reads it
 * @param loss negative log-likelihood of the reference, summed over its tokens, in nats
 * @param tokens tokens that the sum is over
 * @param rejectedLoss the same as loss of a pair's rejected answer; null where the row is no pair
 */
public record Outcome(
        String prompt,
        String reference,
        @Nullable String answer,
        double loss,
        int tokens,
        @Nullable Double rejectedLoss) {
    /** Of a row with one answer. */
    public Outcome(String prompt, String reference, @Nullable String answer, double loss, int tokens) {
        this(prompt, reference, answer, loss, tokens, null);
    }

    /** The same loss as over so many tokens: of another model's, which cuts the text otherwise. */
    public Outcome over(int others) {
        return new Outcome(prompt, reference, answer, loss, others, rejectedLoss);
    }

    /** Where nobody looks at the prompt. */
    public Outcome(String reference, @Nullable String answer, double loss, int tokens) {
        this("", reference, answer, loss, tokens);
    }
}
