package dev.septet.activities.audit.chain;

import org.jspecify.annotations.Nullable;

/**
 * The first place at which a log is not what was written.
 *
 * @param file name of the file in the folder
 * @param line line in that file, from 1
 * @param sequence of the line that is broken or missing; null when it cannot be told
 * @param what one plain sentence
 */
public record AuditBreak(
        Damage damage, String file, long line, @Nullable Long sequence, String what) {
    /** What was done to it. */
    public enum Damage {
        /** A line's bytes are not those that were written. */
        CHANGED,
        /** Lines or files are missing before this one. */
        DELETED,
        /** Lines stand in another order, or twice. */
        REORDERED,
        /** Lines are missing at the end. */
        TRUNCATED
    }
}
