package dev.septet.dsl.vocabulary.word;

import org.jspecify.annotations.Nullable;

/** Thrown by a word that does not accept its values. The message is for the pipeline's author. */
public final class Refusal extends RuntimeException {
    private final String hint;

    public Refusal(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    /** What the author can do about it; empty when the message says it. */
    public String hint() {
        return hint;
    }

    public static void unless(boolean holds, String message, @Nullable Object... arguments) {
        if (!holds) {
            throw new Refusal(message.formatted(arguments), "");
        }
    }
}
