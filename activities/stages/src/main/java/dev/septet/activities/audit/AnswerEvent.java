package dev.septet.activities.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request that was answered or that failed.
 *
 * @param id the answer's id, which feedback names
 * @param key name of the API key of the request; null when the server needs no keys
 */
public record AnswerEvent(
        String id,
        Instant time,
        ServedBy servedBy,
        AuditedQuestion question,
        Reply reply,
        @Nullable String key) implements AuditEvent {
    /** The event of a server that needs no API keys. */
    public AnswerEvent(String id, Instant time, ServedBy servedBy, AuditedQuestion question, Reply reply) {
        this(id, time, servedBy, question, reply, null);
    }
}
