package dev.septet.activities.evaluate.safety;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A prompt, and the answer of the model under evaluation.
 *
 * @param answer null when the prompt itself is judged
 * @param earlier the turns of the conversation before the prompt: a text of the user, the answer to it, and so on. Guards whose
 *     format has no conversations do not read them
 */
public record GuardedExchange(String prompt, @Nullable String answer, List<String> earlier) {
    public GuardedExchange {
        earlier = List.copyOf(earlier);
        if (earlier.size() % 2 != 0) {
            throw new IllegalArgumentException("each earlier text of a user has its answer");
        }
    }

    /** Without earlier turns. */
    public GuardedExchange(String prompt, @Nullable String answer) {
        this(prompt, answer, List.of());
    }

    /** A prompt that has no answer yet. */
    public static GuardedExchange ofPrompt(String prompt) {
        return new GuardedExchange(prompt, null);
    }

    /** The same texts with spaces in what a guard could take for its own instructions. */
    public GuardedExchange neutral() {
        return new GuardedExchange(
                GuardMarkers.neutral(prompt),
                answer == null ? null : GuardMarkers.neutral(answer),
                earlier.stream().map(GuardMarkers::neutral).toList());
    }

    /** Without the older half of the earlier turns. */
    GuardedExchange shorter() {
        int pairs = earlier.size() / 2;
        return new GuardedExchange(prompt, answer, earlier.subList((pairs + 1) / 2 * 2, earlier.size()));
    }
}
