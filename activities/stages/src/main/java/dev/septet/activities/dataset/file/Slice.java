package dev.septet.activities.dataset.file;

/**
 * The bytes of one record, separated before they are interpreted. So one bad record can neither
 * hide its neighbours nor fill the memory.
 *
 * @param line line where it begins, from 1
 * @param bytes at most {@link ByteCursor#MAX_RECORD_BYTES}; truncated when the record is longer
 * @param length true length in bytes, when its bytes were collected
 * @param unfinished whether the file ended inside a quoted string or bracket of the record
 */
@SuppressWarnings("ArrayRecordComponent") // used once, never compared
public record Slice(long line, byte[] bytes, long length, boolean unfinished) {
    public boolean tooLong() {
        return length > ByteCursor.MAX_RECORD_BYTES;
    }
}
