package dev.septet.activities.audit;

import dev.septet.activities.audit.chain.EventJson;
import java.util.Map;
import java.util.TreeMap;

/**
 * A parsed line of the log.
 *
 * @param offset byte offset of the line in the log as a whole
 * @param digest sha256 of the line, which identifies it
 */
public record AuditRecord(long offset, long sequence, String digest, AuditEvent event) {
    /** {@code answer}, {@code feedback}, {@code repair}, {@code retention}, {@code erasure} or {@code erased}. */
    public String kind() {
        return EventJson.kind(event);
    }

    /** The line's fields as written, sorted, without the digest of the previous line. */
    public Map<String, Object> fields() {
        TreeMap<String, Object> fields = new TreeMap<>();
        fields.put("event", EventJson.fields(event));
        fields.put("kind", kind());
        fields.put("sequence", sequence);
        fields.put("sha256", digest);
        return fields;
    }

    /**
     * The same line with personal data masked, for a log that was written without redaction.
     *
     * @param settings what to mask
     */
    public AuditRecord masked(AuditSettings settings) {
        return new AuditRecord(offset, sequence, digest, new AuditRedaction(settings).drawn(event));
    }
}
