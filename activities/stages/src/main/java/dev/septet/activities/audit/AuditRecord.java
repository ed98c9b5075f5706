package dev.septet.activities.audit;

import dev.septet.activities.audit.chain.EventJson;
import java.util.Map;
import java.util.TreeMap;

/**
 * A line of the log, read.
 *
 * @param offset where it begins in the log as a whole, in bytes
 * @param digest its sha256, which names it
 */
public record AuditRecord(long offset, long sequence, String digest, AuditEvent event) {
    /** {@code answer}, {@code feedback}, {@code repair} or {@code retention}. */
    public String kind() {
        return EventJson.kind(event);
    }

    /** The line's fields as they are written, sorted, but the name of the line before. */
    public Map<String, Object> fields() {
        TreeMap<String, Object> fields = new TreeMap<>();
        fields.put("event", EventJson.fields(event));
        fields.put("kind", kind());
        fields.put("sequence", sequence);
        fields.put("sha256", digest);
        return fields;
    }

    /**
     * The same line with personal data masked, for a log that was written without.
     *
     * @param settings what is masked
     */
    public AuditRecord masked(AuditSettings settings) {
        return new AuditRecord(offset, sequence, digest, new AuditRedaction(settings).drawn(event));
    }
}
