package dev.septet.llm.model.program;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.ScriptSource;
import java.util.Map;

/**
 * The cross-entropy loss of the programs with a handwritten backward pass (the resource {@code
 * cross_entropy.py}). It computes the logits in chunks.
 */
public final class CrossEntropy {
    /** Maximum number of logits in memory at once: 32 MB in bf16. */
    private static final int LOGITS_AT_ONCE = 1 << 24;

    private static final int SMALLEST_CHUNK = 64;

    private CrossEntropy() {}

    /** The loss's methods, to be appended to a program. */
    static ScriptSource source(ModelConfig config) {
        return ScriptSource.read(
                CrossEntropy.class,
                "cross_entropy.py",
                "CrossEntropy",
                Map.of(
                        "vocabulary", Integer.toString(config.vocabularySize()),
                        "chunk", Integer.toString(chunk(config))));
    }

    /** Positions per chunk of logits. */
    public static int chunk(ModelConfig config) {
        return Math.max(SMALLEST_CHUNK, LOGITS_AT_ONCE / config.vocabularySize());
    }
}
