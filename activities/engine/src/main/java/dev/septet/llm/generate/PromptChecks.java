package dev.septet.llm.generate;

import dev.septet.llm.model.config.ModelConfig;
import java.util.Locale;

/** Checks prompts. */
final class PromptChecks {
    private PromptChecks() {}

    /**
     * Checks that a model can answer a prompt.
     *
     * @param name the prompt's name in the message
     * @throws IllegalArgumentException when it is empty or too long, or has a token outside the
     *     vocabulary
     */
    static void require(ModelConfig config, String name, int[] prompt) {
        if (prompt.length == 0 || remaining(config, prompt) < 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%s has %d tokens; the model takes 1 to %d and needs room for an answer",
                    name,
                    prompt.length,
                    config.maxPositions() - 1));
        }
        for (int token : prompt) {
            config.requireToken(token);
        }
    }

    /** Number of tokens that an answer may have before the model's context is full. */
    static int remaining(ModelConfig config, int[] prompt) {
        return config.maxPositions() - prompt.length;
    }
}
