package dev.septet.activities.dataset.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.dsl.text.PublicText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Parses one record's bytes as text or as a JSON object; anything doubtful is a {@link RowProblem}.
 */
public final class StrictRecord {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxNumberLength(64)
                            .maxNameLength(4096)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Reads lines that Septet wrote: a valid row may be nested deeper in its line than in its source. */
    private static final JsonMapper WRITTEN = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictRecord() {}

    public static ObjectNode object(byte[] bytes) {
        return object(bytes, MAPPER);
    }

    /** A record of a file that Septet wrote, without the limits of depth and numbers for sources. */
    public static ObjectNode written(byte[] bytes) {
        return object(bytes, WRITTEN);
    }

    private static ObjectNode object(byte[] bytes, JsonMapper mapper) {
        String text = text(bytes);
        JsonNode node;
        try {
            node = mapper.readTree(text);
        } catch (JsonProcessingException e) {
            throw new RowProblem(PublicText.of("is not valid JSON%s: %s", column(e), kind(e)));
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new RowProblem(PublicText.of("is %s, expected an object such as {...}", Fields.type(node)));
    }

    /**
     * Decodes strict UTF-8, because a replacement character would silently damage training data.
     */
    public static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RowProblem(PublicText.of("is not valid UTF-8: save the file in that encoding"));
        }
    }

    private static PublicText column(JsonProcessingException e) {
        return e.getLocation() == null
                ? PublicText.of("")
                : PublicText.of(" (column %d)", e.getLocation().getColumnNr());
    }

    /** The kind of error, without the part of Jackson's message that quotes the row's text. */
    private static PublicText kind(JsonProcessingException e) {
        String message = String.valueOf(e.getOriginalMessage());
        if (message.contains("end-of-input") || message.contains("end of input")) {
            return PublicText.of("it ends too early");
        }
        if (message.contains("Duplicate field") || message.contains("Duplicate Object property")) {
            return PublicText.of("a field is given twice");
        }
        if (message.contains("nesting depth")) {
            return PublicText.of("it is nested deeper than 64");
        }
        if (message.contains("Number value length")) {
            return PublicText.of("a number is longer than 64 digits");
        }
        if (message.contains("trailing token") || message.contains("Trailing token")) {
            return PublicText.of("text follows the object");
        }
        return PublicText.of("an unexpected character or word");
    }
}
