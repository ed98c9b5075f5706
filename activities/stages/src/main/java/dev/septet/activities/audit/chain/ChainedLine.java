package dev.septet.activities.audit.chain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.activities.audit.AuditEvent;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One line of the log, without its line end:
 *
 * <pre>
 * {"event":{...},"kind":"answer","previous":"64 hex","sequence":7,"sha256":"64 hex"}
 * </pre>
 *
 * Fields are sorted, without white space between them. {@code sha256} is the digest of the line's
 * UTF-8 bytes without {@code ,"sha256":"..."}, so that any tool can check it. It is the last field,
 * and always 76 characters long.
 *
 * @param sequence sequence number, from 1 in steps of 1
 * @param previous digest of the previous line; 64 zeros for the first line
 */
public record ChainedLine(long sequence, String previous, String digest, String kind, JsonNode event) {
    /** The previous digest of the first line. */
    public static final String NONE_BEFORE = "0".repeat(64);

    private static final String DIGEST_FIELD = ",\"sha256\":\"";
    private static final int TAIL = DIGEST_FIELD.length() + 64 + 2;
    private static final int MAX_NESTED = 16;
    private static final JsonMapper MAPPER = mapper();

    /** The bytes of a new line, with its line end. */
    public static byte[] bytes(long sequence, String previous, AuditEvent event) {
        return bytes(sequence, previous, EventJson.kind(event), EventJson.fields(event));
    }

    /**
     * The bytes of a new line of another chained file, with its line end.
     *
     * @param event plain values, sorted by their names
     */
    public static byte[] bytes(long sequence, String previous, String kind, Object event) {
        TreeMap<String, Object> fields = new TreeMap<>();
        fields.put("event", event);
        fields.put("kind", kind);
        fields.put("previous", previous);
        fields.put("sequence", sequence);
        try {
            // UTF-8 cannot encode a lone surrogate: it becomes "?" here, before the digest is computed.
            byte[] body = SpecJson.mapper().writeValueAsString(fields).getBytes(StandardCharsets.UTF_8);
            String tail = DIGEST_FIELD + Sha256.of(body) + "\"}\n";
            byte[] line = new byte[body.length - 1 + tail.length()];
            System.arraycopy(body, 0, line, 0, body.length - 1);
            System.arraycopy(tail.getBytes(StandardCharsets.US_ASCII), 0, line, body.length - 1, tail.length());
            return line;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("an event of plain values is JSON", e);
        }
    }

    /** The digest that the bytes of a line contain. */
    public static String digestIn(byte[] line) {
        return new String(line, line.length - 64 - 3, 64, StandardCharsets.US_ASCII);
    }

    /** The line; empty when the bytes are not a valid line with the right digest. */
    public static Optional<ChainedLine> parse(byte[] line) {
        int end = line.length - TAIL;
        if (end < 1) {
            return Optional.empty();
        }
        try {
            String tail = new String(line, end, TAIL, StandardCharsets.US_ASCII);
            JsonNode json = MAPPER.readTree(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString());
            String digest = json.path("sha256").asText();
            byte[] body = java.util.Arrays.copyOf(line, end + 1);
            body[end] = '}';
            boolean right = tail.equals(DIGEST_FIELD + digest + "\"}")
                    && Sha256.of(body).equals(digest);
            boolean shaped = json.path("sequence").isIntegralNumber()
                    && json.path("previous").isTextual()
                    && json.path("kind").isTextual();
            return right && shaped
                    ? Optional.of(new ChainedLine(
                            json.path("sequence").longValue(),
                            json.path("previous").textValue(),
                            digest,
                            json.path("kind").textValue(),
                            json.path("event")))
                    : Optional.empty();
        } catch (CharacterCodingException | JsonProcessingException hostile) {
            return Optional.empty();
        }
    }

    private static JsonMapper mapper() {
        JsonMapper mapper = JsonMapper.builder().build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_NESTED)
                        .build());
        return mapper;
    }
}
