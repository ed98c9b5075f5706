package dev.septet.activities.audit.chain;

import org.jspecify.annotations.Nullable;

/**
 * The first place where a log differs from what was written.
 *
 * @param file name of the file in the folder
 * @param line line in that file, from 1
 * @param sequence sequence number of the broken or missing line; null when it is unknown
 * @param what one sentence for people about what is wrong
 */
public record AuditBreak(
        Damage damage, String file, long line, @Nullable Long sequence, String what) {
    /** The kind of damage. */
    public enum Damage {
        /** A line's bytes are not those that were written. */
        CHANGED,
        /** Lines or files are missing before this one. */
        DELETED,
        /** Lines are out of order or duplicated. */
        REORDERED,
        /** Lines are missing at the end. */
        TRUNCATED
    }
}
