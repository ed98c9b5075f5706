package dev.septet.activities.evaluate.metric;

import org.jspecify.annotations.Nullable;

/**
 * One model's result on one held-out row.
 *
 * @param prompt the prompt as plain text
 * @param reference the reference answer
 * @param answer the generated answer, null when no metric of the run reads it
 * @param loss negative log-likelihood of the reference, summed over its tokens, in nats
 * @param tokens number of tokens in the sum
 * @param rejectedLoss the same loss of a pair's rejected answer; null when the row is not a pair
 * @param facts further measures of the answer; null when no metric needs them
 */
public record Outcome(
        String prompt,
        String reference,
        @Nullable String answer,
        double loss,
        int tokens,
        @Nullable Double rejectedLoss,
        @Nullable AnswerFacts facts) {
    /** The outcome of a row without further measures. */
    public Outcome(
            String prompt,
            String reference,
            @Nullable String answer,
            double loss,
            int tokens,
            @Nullable Double rejectedLoss) {
        this(prompt, reference, answer, loss, tokens, rejectedLoss, null);
    }

    /** The outcome of a row with one answer. */
    public Outcome(String prompt, String reference, @Nullable String answer, double loss, int tokens) {
        this(prompt, reference, answer, loss, tokens, null);
    }

    /**
     * The same loss with another number of tokens, for a comparison with a model whose tokenizer
     * differs.
     */
    public Outcome over(int others) {
        return new Outcome(prompt, reference, answer, loss, others, rejectedLoss, facts);
    }

    /** The same row with another answer, and without further measures. */
    public Outcome answering(String other) {
        return new Outcome(prompt, reference, other, loss, tokens, rejectedLoss, null);
    }

    /** An outcome for metrics that do not read the prompt. */
    public Outcome(String reference, @Nullable String answer, double loss, int tokens) {
        this("", reference, answer, loss, tokens);
    }
}
