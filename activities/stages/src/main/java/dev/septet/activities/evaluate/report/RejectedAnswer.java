package dev.septet.activities.evaluate.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The rejected answer of a pair, and each model's preference: log p(chosen) - log p(rejected), each
 * summed over its tokens, in nats.
 *
 * @param before by the base model, null when it was not evaluated
 * @param after by the tuned model
 */
public record RejectedAnswer(String answer, @Nullable Double before, double after) {
    /** Whether the tuned model prefers the chosen answer, as {@code preferenceAccuracy} counts. */
    public boolean prefersChosen() {
        return after > 0;
    }

    /** One sentence per model on which answer it prefers. */
    public String sentence() {
        String tuned = "After: " + sentence(after);
        return before == null ? tuned : "Before: " + sentence(before) + " " + tuned;
    }

    private static String sentence(double margin) {
        if (Double.isNaN(margin)) {
            return "the model's scores are no numbers.";
        }
        return margin == 0
                ? "both are equally likely."
                : String.format(
                        Locale.ROOT,
                        "the %s answer is likelier by %.2f nats.",
                        margin > 0 ? "chosen" : "rejected",
                        Math.abs(margin));
    }
}
