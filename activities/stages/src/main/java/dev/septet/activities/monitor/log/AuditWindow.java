package dev.septet.activities.monitor.log;

import java.util.List;

/**
 * New lines of an audit log.
 *
 * @param rows requests and their answers, oldest first
 * @param negative thumbs down, and corrections without a thumb
 * @param opinions all feedback
 * @param rejected lines that are no lines of such a log
 * @param from where the window begins, in bytes
 * @param next where the next one begins: behind the last whole line that was read
 * @param restarted whether the log no longer was the one that the cursor pointed into (rotated or
 *     cut), so that reading began at its start
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
