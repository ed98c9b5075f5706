package dev.septet.activities.audit;

import java.time.Instant;

/**
 * A line whose content was erased. It is never appended: it replaces the bytes of another line, and
 * a later {@link ErasureEvent} records that.
 *
 * @param time time of the event whose content was erased
 * @param was its kind: {@code answer} or {@code feedback}
 */
public record ErasedEvent(Instant time, String was) implements AuditEvent {}
