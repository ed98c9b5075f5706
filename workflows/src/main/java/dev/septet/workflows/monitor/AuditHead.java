package dev.septet.workflows.monitor;

/**
 * The last line of an audit log at a drift check. It is kept in the monitor's history, apart from the log, so that
 * missing lines can be detected later.
 *
 * @param sequence number of the last line
 * @param sha256 digest of that line, which depends on all lines before it
 * @param signature of both, with a key that the history does not contain
 */
public record AuditHead(long sequence, String sha256, String signature) {}
