package dev.septet.activities.dataset;

/**
 * Which rows of a file are interpreted: blocks of neighbouring rows that begin evenly spaced in the
 * file's bytes, the first of them at the first row. Rows between blocks are counted, so that places
 * are those of the file. Equal files have equal samples.
 *
 * @param blocks number of blocks
 * @param rows most rows of a block
 * @param bytes after so many bytes a block takes no further row
 */
public record RowSample(int blocks, long rows, long bytes) {
    /** Every row. */
    public static final RowSample WHOLE = new RowSample(1, Long.MAX_VALUE, Long.MAX_VALUE);

    /** Files up to this size, in bytes, are read whole. */
    public static final long LARGEST_WHOLE = 8_000_000;

    private static final RowSample BLOCKS = new RowSample(50, 100, LARGEST_WHOLE / 50);

    /**
     * The whole of a small file; of a larger one 50 blocks, together at most 5,000 rows and about
     * {@link #LARGEST_WHOLE} bytes.
     *
     * @param bytes the file's size
     */
    public static RowSample of(long bytes) {
        return bytes <= LARGEST_WHOLE ? WHOLE : BLOCKS;
    }

    /** A walk through a file from its first row to its last. */
    Walk walk(long fileBytes) {
        return new Walk(fileBytes);
    }

    /** Where a reader is between its blocks. */
    final class Walk {
        private final long fileBytes;
        private int begun;
        private long rowsLeft;
        private long bytesLeft;

        private Walk(long fileBytes) {
            this.fileBytes = fileBytes;
        }

        /** Whether the row that begins at this byte is interpreted. */
        boolean takes(long position) {
            if (begun < blocks && position >= start(begun)) {
                while (begun < blocks && position >= start(begun)) {
                    begun++;
                }
                rowsLeft = rows;
                bytesLeft = bytes;
            }
            return rowsLeft > 0 && bytesLeft > 0;
        }

        /** Counts a row that was interpreted. */
        void took(long length) {
            rowsLeft--;
            bytesLeft -= length;
        }

        private long start(int block) {
            return (long) ((double) fileBytes / blocks * block);
        }
    }
}
