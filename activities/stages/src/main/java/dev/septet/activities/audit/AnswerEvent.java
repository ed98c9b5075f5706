package dev.septet.activities.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request that was answered, or failed.
 *
 * @param id the answer's id, which feedback names
 * @param key name of the API key that asked; null where none is needed
 */
public record AnswerEvent(
        String id,
        Instant time,
        ServedBy servedBy,
        AuditedQuestion question,
        Reply reply,
        @Nullable String key) implements AuditEvent {
    /** Of a server that needs no keys. */
    public AnswerEvent(String id, Instant time, ServedBy servedBy, AuditedQuestion question, Reply reply) {
        this(id, time, servedBy, question, reply, null);
    }
}
