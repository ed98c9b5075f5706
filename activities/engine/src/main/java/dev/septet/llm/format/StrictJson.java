package dev.septet.llm.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Parses untrusted JSON. Duplicate names, deep nesting, overlong numbers and trailing text are
 * rejected.
 */
public final class StrictJson {
    /** Large vocabularies make tokenizer.json about 35 MB long. */
    private static final long MAX_TOKENIZER_BYTES = 128L << 20;

    private static final long MAX_FILE_BYTES = 32L << 20;

    public static final JsonMapper MAPPER = mapper();

    private StrictJson() {}

    private static JsonMapper mapper() {
        JsonFactory factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(64)
                        .maxNumberLength(64)
                        .maxNameLength(64 << 10)
                        .build())
                .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /** Reads a config or an index. */
    public static ObjectNode file(Path file) throws IOException {
        return object(file, "the file", RegularFile.bytes(file, MAX_FILE_BYTES));
    }

    /** Reads a tokenizer.json, which may be larger. */
    public static ObjectNode tokenizer(Path file) throws IOException {
        return object(file, "the file", RegularFile.bytes(file, MAX_TOKENIZER_BYTES));
    }

    /** Parses a JSON object. The message of its exception contains the file and {@code part}. */
    public static ObjectNode object(Path file, String part, byte[] json) throws IOException {
        JsonNode node;
        try {
            node = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new FormatProblem(file, part + " is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (CharConversionException e) {
            throw new FormatProblem(file, part + " is not valid JSON: it is not text in UTF-8", e);
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new FormatProblem(file, part + " is not a JSON object");
    }
}
