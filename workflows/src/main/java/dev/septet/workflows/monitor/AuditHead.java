package dev.septet.workflows.monitor;

/**
 * How far an audit log had come when a monitor looked. Kept in the monitor's history, away from the
 * log, it shows later that lines are missing.
 *
 * @param sequence number of the last line
 * @param sha256 digest of that line, which follows from all before it
 * @param signature of both, by a key that the history does not hold
 */
public record AuditHead(long sequence, String sha256, String signature) {}
