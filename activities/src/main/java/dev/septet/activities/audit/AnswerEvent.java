package dev.septet.activities.audit;

import java.time.Instant;

/**
 * A request that was answered, or failed.
 *
 * @param id the answer's id, which feedback names
 */
public record AnswerEvent(
        String id, Instant time, ServedBy servedBy, Question question, Reply reply)
        implements AuditEvent {}
