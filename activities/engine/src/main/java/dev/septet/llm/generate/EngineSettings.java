package dev.septet.llm.generate;

import java.util.Locale;

/**
 * Limits of a {@link GenerationEngine}.
 *
 * @param rows maximum number of requests that are answered together
 * @param waiting maximum number of requests that wait for a row
 * @param promptTokens maximum number of prompt tokens in one step; they delay the running answers
 * @param keptTokens maximum number of tokens in the prefix cache of finished requests; 0 for no
 *     cache
 * @param adapters maximum number of adapters in memory
 * @param draftTokens maximum number of tokens drafted by prompt lookup decoding; 0 for none
 */
public record EngineSettings(int rows, int waiting, int promptTokens, int keptTokens, int adapters, int draftTokens) {
    public static final EngineSettings DEFAULT = new EngineSettings(8, 64, 128, 16_384, 8, 8);

    public EngineSettings {
        requireAtLeast(1, rows, "rows");
        requireAtLeast(0, waiting, "waiting");
        requireAtLeast(1, promptTokens, "promptTokens");
        requireAtLeast(0, keptTokens, "keptTokens");
        requireAtLeast(0, adapters, "adapters");
        requireAtLeast(0, draftTokens, "draftTokens");
    }

    private static void requireAtLeast(int min, int value, String name) {
        if (value < min) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "%s must be at least %d, got %d", name, min, value));
        }
    }
}
