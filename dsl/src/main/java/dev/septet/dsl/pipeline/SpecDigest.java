package dev.septet.dsl.pipeline;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * sha256 over a record's canonical JSON: equal meaning, equal digest. Where in its file an
 * expression stands means nothing.
 */
public final class SpecDigest {
    private static final JsonMapper MAPPER = SpecJson.mapper()
            .rebuild()
            .addMixIn(ExpressionSpec.class, WithoutPlace.class)
            .build();

    private SpecDigest() {}

    @JsonIgnoreProperties({"file", "line", "column"})
    private interface WithoutPlace {}

    /** What the digest of a record is made of. */
    public static JsonNode tree(Object record) {
        return MAPPER.valueToTree(record);
    }

    /**
     * A constant by its persisted name, for keys: the name in JSON, which stays when the Java
     * constant is renamed and keeps its old name as {@code @JsonProperty}.
     */
    public static String constant(Enum<?> value) {
        return tree(value).textValue();
    }

    /** 64 hexadecimal digits. */
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
