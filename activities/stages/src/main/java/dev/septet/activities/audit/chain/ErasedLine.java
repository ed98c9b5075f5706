package dev.septet.activities.audit.chain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The stored form of a line whose content was erased. Spaces give it the length of the line that it
 * replaces, so that all offsets in the log stay:
 *
 * <pre>
 * {"erased":"answer","previous":"64 hex","sequence":7,"sha256":"64 hex","time":"2026-03-01T12:00:00Z"}
 * </pre>
 *
 * Its digest is that of the line before the erasure. Nothing can check this digest against content
 * any more, so {@link AuditVerifier} requires that the next line names it, and that a later line
 * records the erasure with this time and kind. It has no content, so it is not encrypted.
 */
public final class ErasedLine {
    /** The kind of an erased line. */
    public static final String KIND = "erased";

    private static final byte[] BEGINNING = "{\"erased\":".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern FORM = Pattern.compile(
            "\\{\"erased\":\"(answer|feedback)\",\"previous\":\"([0-9a-f]{64})\",\"sequence\":([0-9]{1,18}),"
                    + "\"sha256\":\"([0-9a-f]{64})\",\"time\":\"([0-9TZ:.+-]{1,40})\"\\} *");

    private ErasedLine() {}

    /** Whether lines of this kind have content that can be erased. */
    static boolean replaces(String kind) {
        return kind.equals("answer") || kind.equals("feedback");
    }

    /**
     * The bytes that replace a line, without its line end.
     *
     * @param length length of the replaced line in bytes
     * @throws AuditException when the line is shorter than an erased one; no line of an answer or of
     *     feedback is
     */
    static byte[] bytes(ChainedLine line, int length) throws AuditException {
        String text = String.format(
                Locale.ROOT,
                "{\"erased\":\"%s\",\"previous\":\"%s\",\"sequence\":%d,\"sha256\":\"%s\",\"time\":\"%s\"}",
                line.kind(),
                line.previous(),
                line.sequence(),
                line.digest(),
                line.event().path("time").asText());
        byte[] bytes = Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), length);
        if (text.length() > length || !FORM.matcher(text).matches()) {
            throw new AuditException(String.format(Locale.ROOT, "line %d cannot be erased", line.sequence()));
        }
        Arrays.fill(bytes, text.length(), length, (byte) ' ');
        return bytes;
    }

    /** The erased line; empty when the bytes are not one. */
    public static Optional<ChainedLine> parse(byte[] stored) {
        if (!Arrays.equals(stored, 0, Math.min(stored.length, BEGINNING.length), BEGINNING, 0, BEGINNING.length)) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(new String(stored, StandardCharsets.ISO_8859_1));
        if (!form.matches()) {
            return Optional.empty();
        }
        JsonNode event =
                SpecJson.mapper().createObjectNode().put("time", form.group(5)).put("was", form.group(1));
        return EventJson.event(KIND, event)
                .map(valid ->
                        new ChainedLine(Long.parseLong(form.group(3)), form.group(2), form.group(4), KIND, event));
    }
}
