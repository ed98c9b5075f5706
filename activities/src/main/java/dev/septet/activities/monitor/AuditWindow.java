package dev.septet.activities.monitor;

import java.util.List;

/**
 * New lines of the audit log.
 *
 * @param prompts of the lines that have one, oldest first
 * @param rejected lines that have none or are no JSON object
 * @param from where the window begins, in bytes
 * @param next where the next one begins: behind the last whole line that was read
 * @param restarted whether the log no longer was the one that the cursor pointed into (rotated or
 *     cut), so that reading began at its start
 */
record AuditWindow(List<String> prompts, long rejected, long from, long next, boolean restarted) {
    AuditWindow {
        prompts = List.copyOf(prompts);
    }

    /** A window without any line. */
    static AuditWindow none(long cursor) {
        return new AuditWindow(List.of(), 0, cursor, cursor, false);
    }
}
