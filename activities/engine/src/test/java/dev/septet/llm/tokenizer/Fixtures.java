package dev.septet.llm.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** Small tokenizers trained by the reference library, with what it makes of some texts. */
public final class Fixtures {
    private Fixtures() {}

    /** A model folder with tokenizer files: bytelevel, metaspace or unigram. */
    public static Path folder(String name) {
        try {
            return Path.of(Objects.requireNonNull(Fixtures.class.getResource(name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    static JsonNode golden(String name) throws IOException {
        return new JsonMapper().readTree(folder(name).resolve("golden.json").toFile());
    }

    static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.path(i).asInt();
        }
        return values;
    }
}
