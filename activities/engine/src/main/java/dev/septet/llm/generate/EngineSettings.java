package dev.septet.llm.generate;

/**
 * How much a {@link GenerationEngine} does at once.
 *
 * @param rows most requests that are answered together
 * @param waiting most requests that wait for one of these rows
 * @param promptTokens most tokens of new prompts in one step: what running answers wait for
 * @param keptTokens most tokens whose keys and values are kept of finished requests, for prompts
 *     that begin like them; 0 = none
 * @param adapters most adapters in memory
 * @param draftTokens most tokens guessed ahead of the model from the text so far; 0 = none
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

    private static void requireAtLeast(int least, int value, String name) {
        if (value < least) {
            throw new IllegalArgumentException("%s must be at least %d, got %d".formatted(name, least, value));
        }
    }
}
