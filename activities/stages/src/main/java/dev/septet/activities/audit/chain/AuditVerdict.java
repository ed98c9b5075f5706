package dev.septet.activities.audit.chain;

import org.jspecify.annotations.Nullable;

/**
 * The result of verifying a log.
 *
 * @param lines valid lines from the oldest one up to the break
 * @param first sequence number of the oldest line, 0 when there is none
 * @param last sequence number of the last valid line
 * @param digest digest of the last valid line; kept elsewhere, it later proves that nothing before
 *     it was changed
 * @param torn bytes of an unfinished last line: a writer is still writing it, or a crash left it;
 *     the next writer moves it away
 * @param erased number of lines whose content was erased; later lines record the erasures
 * @param broken null when the log is intact
 */
public record AuditVerdict(
        int files,
        long lines,
        long first,
        long last,
        String digest,
        long torn,
        long erased,
        @Nullable AuditBreak broken) {
    /** Whether the log is exactly what was written. */
    public boolean whole() {
        return broken == null;
    }
}
