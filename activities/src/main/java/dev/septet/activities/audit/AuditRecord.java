package dev.septet.activities.audit;

/**
 * A line of the log, read.
 *
 * @param offset where it begins in the log as a whole, in bytes
 * @param digest its sha256, which names it
 */
public record AuditRecord(long offset, long sequence, String digest, AuditEvent event) {}
