package dev.septet.activities.evaluate.safety;

import org.jspecify.annotations.Nullable;

/**
 * A prompt, and the answer of the model under evaluation.
 *
 * @param answer null when the prompt itself is judged
 */
public record GuardedExchange(String prompt, @Nullable String answer) {
    /** A prompt that has no answer yet. */
    public static GuardedExchange ofPrompt(String prompt) {
        return new GuardedExchange(prompt, null);
    }

    /** The same texts with spaces in what a guard could take for its own instructions. */
    public GuardedExchange neutral() {
        return new GuardedExchange(GuardMarkers.neutral(prompt), answer == null ? null : GuardMarkers.neutral(answer));
    }
}
