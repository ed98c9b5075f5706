package dev.septet.activities.prepare.duplicate;

import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.prepare.scratch.LongList;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The places of removed rows, each with the kept row that it is similar to. */
final class RemovedRows implements Closeable {
    /** For each row: the kept row's number and the file's number, then the line. */
    private final LongList rows;

    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> files = new ArrayList<>();

    /**
     * @param file beginning of the names of the scratch files; null keeps all places in the heap
     */
    RemovedRows(@Nullable Path file) {
        rows = new LongList(file);
    }

    /** Receives the removed rows of a kept row. */
    interface Sink {
        void add(int kept, int size, Iterator<String> others) throws IOException;
    }

    /** Adds a row that is similar to the kept row with this number. */
    void add(int kept, RowPlace place) throws IOException {
        int file = numbers.computeIfAbsent(place.file(), name -> {
            files.add(name);
            return files.size() - 1;
        });
        rows.add((long) kept << 32 | file);
        rows.add(place.line());
    }

    /** Number of rows. */
    long size() {
        return rows.size() / 2;
    }

    /** Gives the rows of each kept row, in the order of the kept rows; returns their number. */
    int clusters(Sink sink) throws IOException {
        long[] order = new long[Math.toIntExact(size())];
        for (int i = 0; i < order.length; i++) {
            order[i] = rows.get(2L * i) >>> 32 << 32 | i;
        }
        Arrays.sort(order);
        int clusters = 0;
        for (int from = 0, to; from < order.length; from = to) {
            to = from + 1;
            while (to < order.length && order[to] >>> 32 == order[from] >>> 32) {
                to++;
            }
            sink.add(
                    (int) (order[from] >>> 32),
                    to - from + 1,
                    LongStream.range(from, to)
                            .mapToObj(i -> place((int) order[(int) i]))
                            .iterator());
            clusters++;
        }
        return clusters;
    }

    private String place(int row) {
        return new RowPlace(files.get((int) rows.get(2L * row)), rows.get(2L * row + 1)).toString();
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
