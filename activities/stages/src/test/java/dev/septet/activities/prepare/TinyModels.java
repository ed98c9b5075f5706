package dev.septet.activities.prepare;

import java.nio.file.Path;

/** Model folders among the test resources. */
public final class TinyModels {
    private TinyModels() {}

    /** Tokenizer and ChatML template of a tiny model. */
    public static Path chat() {
        return Path.of("../engine/src/test/resources/dev/septet/llm/format/tiny/base")
                .toAbsolutePath()
                .normalize();
    }
}
