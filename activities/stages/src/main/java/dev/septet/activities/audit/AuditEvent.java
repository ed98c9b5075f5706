package dev.septet.activities.audit;

import java.time.Instant;

/** The event that one line of the audit log records. */
public sealed interface AuditEvent
        permits AnswerEvent, FeedbackEvent, RepairEvent, RetentionEvent, ErasureEvent, ErasedEvent {
    /**
     * When the event happened, by the clock of the machine that wrote it. The order of the log does
     * not depend on it.
     */
    Instant time();
}
