package dev.septet.activities.prepare;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** Model folders among the test resources. */
final class Models {
    private Models() {}

    /** Tokenizer and ChatML template of a tiny model. */
    static Path chat() {
        try {
            return Path.of(Objects.requireNonNull(Models.class.getResource("/dev/septet/llm/format/tiny/base"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
