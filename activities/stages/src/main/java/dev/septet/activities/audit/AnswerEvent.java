package dev.septet.activities.audit;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that was answered or that failed.
 *
 * @param id the answer's id, which feedback names
 * @param key name of the API key of the request; null when the server needs no keys
 * @param guard verdicts of the guard, in their order; empty without a guard
 */
public record AnswerEvent(
        String id,
        Instant time,
        ServedBy servedBy,
        AuditedQuestion question,
        Reply reply,
        @Nullable String key,
        List<AuditedVerdict> guard)
        implements AuditEvent {
    public AnswerEvent {
        guard = List.copyOf(guard);
    }

    /** The event of a model without a guard. */
    public AnswerEvent(
            String id, Instant time, ServedBy servedBy, AuditedQuestion question, Reply reply, @Nullable String key) {
        this(id, time, servedBy, question, reply, key, List.of());
    }

    /** The event of a server that needs no API keys. */
    public AnswerEvent(String id, Instant time, ServedBy servedBy, AuditedQuestion question, Reply reply) {
        this(id, time, servedBy, question, reply, null);
    }
}
