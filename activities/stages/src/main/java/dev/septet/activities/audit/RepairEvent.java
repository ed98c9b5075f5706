package dev.septet.activities.audit;

import java.time.Instant;

/**
 * Bytes of a line that a crash left unfinished were moved out of the log.
 *
 * @param bytes how many
 * @param digest sha256 of them
 */
public record RepairEvent(Instant time, long bytes, String digest) implements AuditEvent {}
