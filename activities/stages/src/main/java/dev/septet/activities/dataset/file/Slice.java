package dev.septet.activities.dataset.file;

/**
 * The bytes of one record, cut out of a file before anyone interprets them, so that one bad record
 * cannot hide its neighbours nor fill the memory.
 *
 * @param line where it begins, from 1
 * @param bytes at most {@link ByteCursor#MAX_RECORD_BYTES}; cut off when longer
 * @param length its true length, where its bytes were collected
 * @param unfinished the file ended inside a quotation or bracket of it
 */
@SuppressWarnings("ArrayRecordComponent") // handed on at once, compared by nobody
public record Slice(long line, byte[] bytes, long length, boolean unfinished) {
    public boolean tooLong() {
        return length > ByteCursor.MAX_RECORD_BYTES;
    }
}
