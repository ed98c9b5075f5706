package dev.septet.llm.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/** Maps many ranges of one file with few mappings. Each mapping is below the 2 GiB limit of one buffer. */
public final class FileRanges {
    /** The file's bytes from begin to end (exclusive); at most 2 GiB - 1. */
    public record Range(long begin, long end) {
        public Range {
            if (begin < 0 || end < begin || end - begin > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("a buffer cannot hold the range " + begin + " to " + end);
            }
        }

        public int size() {
            return (int) (end - begin);
        }
    }

    private FileRanges() {}

    /**
     * Returns a read-only view per range, in the same order. The ranges must be sorted and inside
     * the file.
     */
    public static List<ByteBuffer> map(FileChannel channel, List<Range> ranges) throws IOException {
        List<ByteBuffer> views = new ArrayList<>();
        int first = 0;
        for (int next = 1; next <= ranges.size(); next++) {
            long begin = ranges.get(first).begin();
            if (next == ranges.size() || ranges.get(next).end() - begin > Integer.MAX_VALUE) {
                map(channel, ranges.subList(first, next), views);
                first = next;
            }
        }
        return views;
    }

    private static void map(FileChannel channel, List<Range> run, List<ByteBuffer> views) throws IOException {
        long begin = run.get(0).begin();
        ByteBuffer mapped = channel.map(
                FileChannel.MapMode.READ_ONLY, begin, run.get(run.size() - 1).end() - begin);
        for (Range range : run) {
            ByteBuffer view = mapped.slice((int) (range.begin() - begin), range.size());
            views.add(view.order(ByteOrder.LITTLE_ENDIAN));
        }
    }
}
