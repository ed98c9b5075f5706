package dev.septet.activities.dataset.file;

import dev.septet.dsl.text.PublicText;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one record, separated before they are interpreted. So one bad record can neither
 * hide its neighbours nor fill the memory.
 *
 * @param line line where it begins, from 1
 * @param bytes at most {@link ByteCursor#MAX_RECORD_BYTES}; truncated when the record is longer
 * @param length true length in bytes, when its bytes were collected
 * @param unfinished whether the file ended inside a quoted string or bracket of the record
 * @param problem why there is no record; null for a record
 */
@SuppressWarnings("ArrayRecordComponent") // used once, never compared
public record Slice(
        long line,
        byte[] bytes,
        long length,
        boolean unfinished,
        @Nullable PublicText problem) {
    public Slice(long line, byte[] bytes, long length, boolean unfinished) {
        this(line, bytes, length, unfinished, null);
    }

    /** A place without a record. */
    public static Slice bad(long line, PublicText problem) {
        return new Slice(line, new byte[0], 0, false, problem);
    }

    public boolean tooLong() {
        return length > ByteCursor.MAX_RECORD_BYTES;
    }
}
