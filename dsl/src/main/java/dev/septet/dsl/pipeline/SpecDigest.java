package dev.septet.dsl.pipeline;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Computes the sha256 of a record's canonical JSON, so that equal meaning gives equal digests. The location of an
 * expression in its file is not part of it.
 */
public final class SpecDigest {
    private static final JsonMapper MAPPER = SpecJson.mapper()
            .rebuild()
            .addMixIn(ExpressionSpec.class, WithoutPlace.class)
            .build();

    private SpecDigest() {}

    @JsonIgnoreProperties({"file", "line", "column"})
    private interface WithoutPlace {}

    /** The JSON that a record's digest is computed over. */
    public static JsonNode tree(Object record) {
        return MAPPER.valueToTree(record);
    }

    /**
     * The persisted name of a constant, for use in keys. It is the constant's name in JSON. A renamed constant keeps
     * its old JSON name with {@code @JsonProperty}.
     */
    public static String constant(Enum<?> value) {
        return tree(value).textValue();
    }

    /** The digest as 64 hexadecimal digits. */
    public static String of(Object record) {
        try {
            byte[] json = MAPPER.writeValueAsBytes(record);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + record, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
