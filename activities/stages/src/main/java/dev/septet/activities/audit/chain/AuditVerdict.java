package dev.septet.activities.audit.chain;

import org.jspecify.annotations.Nullable;

/**
 * What verifying a log found.
 *
 * @param lines good lines from the oldest on, up to the break
 * @param first sequence of the oldest line, 0 when there is none
 * @param last sequence of the last good line
 * @param digest of the last good line; kept elsewhere it proves later that nothing before it was
 *     touched
 * @param torn bytes of an unfinished last line: a writer's that is at work, or a crash's, which the
 *     next writer moves away
 * @param broken null when the log is whole
 */
public record AuditVerdict(
        int files,
        long lines,
        long first,
        long last,
        String digest,
        long torn,
        @Nullable AuditBreak broken) {
    /** Whether the log is what was written. */
    public boolean whole() {
        return broken == null;
    }
}
