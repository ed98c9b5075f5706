package dev.septet.activities.audit;

import java.time.Instant;

/**
 * Old lines are about to be deleted because the retention time has passed.
 *
 * @param before offset of the first line that stays
 * @param lastSequence sequence number of the last deleted line
 * @param lastDigest digest of the last deleted line, which the first line that stays names as its
 *     previous one
 */
public record RetentionEvent(Instant time, long before, long lastSequence, String lastDigest) implements AuditEvent {}
