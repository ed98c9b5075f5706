package dev.septet.activities.dataset;

/**
 * Selects the rows of a file that are interpreted: blocks of consecutive rows whose starts are
 * evenly spaced in the file's bytes. The first block starts at the first row. Rows between blocks
 * are counted, so that line numbers are those of the file. Equal files have equal samples.
 *
 * @param blocks number of blocks
 * @param rows maximum number of rows in a block
 * @param bytes number of bytes after which a block takes no further row
 */
public record RowSample(int blocks, long rows, long bytes) {
    /** Every row. */
    public static final RowSample WHOLE = new RowSample(1, Long.MAX_VALUE, Long.MAX_VALUE);

    /** Files up to this size, in bytes, are read whole. */
    public static final long LARGEST_WHOLE = 8_000_000;

    private static final RowSample BLOCKS = new RowSample(50, 100, LARGEST_WHOLE / 50);

    /**
     * The whole of a small file; 50 blocks of a larger one, with at most 5,000 rows and about
     * {@link #LARGEST_WHOLE} bytes together.
     *
     * @param bytes the file's size
     */
    public static RowSample of(long bytes) {
        return bytes <= LARGEST_WHOLE ? WHOLE : BLOCKS;
    }

    /**
     * The part of this sample that is taken from one of several files: blocks by the file's part of
     * all bytes, at least one.
     *
     * @param bytes the file's size
     * @param all size of all files in bytes
     * @param files number of files
     */
    public RowSample of(long bytes, long all, int files) {
        if (files == 1 || equals(WHOLE)) {
            return this;
        }
        int part = (int) Math.max(1, Math.round((double) blocks * bytes / Math.max(1, all)));
        return new RowSample(part, files <= blocks ? rows : Math.max(1, rows * blocks / files), this.bytes);
    }

    /** Starts a pass over a file from its first row to its last. */
    Walk walk(long fileBytes) {
        return new Walk(fileBytes);
    }

    /** A pass over a file; knows the current block. */
    final class Walk {
        private final long fileBytes;
        private int blocksBegun;
        private long rowsLeft;
        private long bytesLeft;

        private Walk(long fileBytes) {
            this.fileBytes = fileBytes;
        }

        /** Whether the row that begins at this byte is interpreted. */
        boolean includes(long position) {
            if (blocksBegun < blocks && position >= start(blocksBegun)) {
                while (blocksBegun < blocks && position >= start(blocksBegun)) {
                    blocksBegun++;
                }
                rowsLeft = rows;
                bytesLeft = bytes;
            }
            return rowsLeft > 0 && bytesLeft > 0;
        }

        /** Counts an interpreted row. */
        void took(long length) {
            rowsLeft--;
            bytesLeft -= length;
        }

        private long start(int block) {
            return (long) ((double) fileBytes / blocks * block);
        }
    }
}
