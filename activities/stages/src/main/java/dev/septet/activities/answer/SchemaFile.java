package dev.septet.activities.answer;

import dev.septet.activities.attempt.StageProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file with a JSON schema, of at most 1 MiB. */
public final class SchemaFile {
    private static final int LARGEST = 1 << 20;

    private SchemaFile() {}

    /**
     * The text of a schema.
     *
     * @param word the word that names the file, for messages
     * @param name the file, as the pipeline file names it
     * @throws StageProblem INVALID_PIPELINE if the file is too large or not UTF-8
     */
    public static String text(Path file, String word, String name) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LARGEST + 1);
        }
        if (bytes.length > LARGEST) {
            throw StageProblem.invalid(
                    "%s: schema '%s' is larger than 1 MiB; use a smaller schema".formatted(word, name));
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw StageProblem.invalid("%s: schema '%s' is not UTF-8 text; save it as UTF-8".formatted(word, name));
        }
    }

    /**
     * The schema of a file.
     *
     * @throws StageProblem INVALID_PIPELINE naming the file that cannot be used, and its keyword
     */
    public static JsonSchema read(Path file, String word, String name) throws IOException {
        try {
            return JsonSchema.of(text(file, word, name));
        } catch (IllegalArgumentException e) {
            throw StageProblem.invalid("%s: schema '%s': %s; correct the schema".formatted(word, name, e.getMessage()));
        }
    }
}
