package dev.septet.activities.monitor.log;

import java.util.List;

/**
 * New lines of an audit log.
 *
 * @param rows requests and their answers, oldest first
 * @param negative thumbs-down feedback, and corrections without a thumb
 * @param opinions all feedback
 * @param rejected lines that are not lines of an audit log
 * @param from byte offset where the window begins
 * @param next byte offset of the next window: after the last whole line that was read
 * @param restarted whether the log was no longer the one of the cursor (rotated or truncated), so
 *     that reading started at its beginning
 */
public record AuditWindow(
        List<ObservedRequest> rows,
        long negative,
        long opinions,
        long rejected,
        long from,
        long next,
        boolean restarted) {
    public AuditWindow {
        rows = List.copyOf(rows);
    }

    /** A window without any line. */
    public static AuditWindow none(long cursor) {
        return new AuditWindow(List.of(), 0, 0, 0, cursor, cursor, false);
    }
}
