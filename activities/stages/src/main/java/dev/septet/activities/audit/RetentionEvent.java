package dev.septet.activities.audit;

import java.time.Instant;

/**
 * Old lines are about to be deleted as the settings say.
 *
 * @param before offset of the first line that stays
 * @param lastSequence sequence of the last line that goes
 * @param lastDigest its digest, which the first line that stays names as the one before it
 */
public record RetentionEvent(Instant time, long before, long lastSequence, String lastDigest) implements AuditEvent {}
