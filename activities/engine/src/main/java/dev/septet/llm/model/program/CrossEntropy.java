package dev.septet.llm.model.program;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.ScriptSource;
import java.util.Map;

/**
 * The loss that programs with a backward pass written by hand share, a chunk of logits at a time
 * (the resource {@code cross_entropy.py}).
 */
public final class CrossEntropy {
    /** Logits of this many elements exist at once: 32 MB in bf16. */
    private static final int LOGITS_AT_ONCE = 1 << 24;

    private static final int SMALLEST_CHUNK = 64;

    private CrossEntropy() {}

    /** Its methods, to be joined to a program's. */
    static ScriptSource source(ModelConfig config) {
        return ScriptSource.read(
                CrossEntropy.class,
                "cross_entropy.py",
                "CrossEntropy",
                Map.of(
                        "vocabulary", Integer.toString(config.vocabularySize()),
                        "chunk", Integer.toString(chunk(config))));
    }

    /** Positions whose logits exist at once. */
    public static int chunk(ModelConfig config) {
        return Math.max(SMALLEST_CHUNK, LOGITS_AT_ONCE / config.vocabularySize());
    }
}
