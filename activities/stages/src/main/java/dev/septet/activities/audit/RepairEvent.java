package dev.septet.activities.audit;

import java.time.Instant;

/**
 * Bytes of a line that a crash left unfinished were moved out of the log.
 *
 * @param bytes number of moved bytes
 * @param digest sha256 of these bytes
 */
public record RepairEvent(Instant time, long bytes, String digest) implements AuditEvent {}
