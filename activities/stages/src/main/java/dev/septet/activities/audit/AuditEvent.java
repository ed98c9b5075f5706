package dev.septet.activities.audit;

import java.time.Instant;

/** What one line of the audit log is about. */
public sealed interface AuditEvent permits AnswerEvent, FeedbackEvent, RepairEvent, RetentionEvent {
    /** When it happened, by the clock of the machine that wrote it; a log's order is its own. */
    Instant time();
}
