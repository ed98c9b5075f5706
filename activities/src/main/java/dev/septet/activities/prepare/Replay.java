package dev.septet.activities.prepare;

import dev.septet.activities.dataset.PreparedRows;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Which of the rows that a deployed model has learned are learned again. A row's lot depends on its
 * content and the seed alone; validation and test keep all their rows, so that successors are
 * judged on the same ones.
 *
 * @param learned keys of the rows that were learned, smallest first
 * @param share of them that is learned again, from 0 to 1
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Replay(long[] learned, double share) {
    private static final double UNIT = 0x1p-53;

    /**
     * Reads the training rows of a prepared dataset.
     *
     * @param seed of the split, by which both datasets key their rows
     */
    static Replay of(Path dataset, long seed, double share) throws IOException {
        SplitKeys keys = new SplitKeys(seed);
        for (Row row : PreparedRows.read(dataset.resolve("train.jsonl"), 0)) {
            keys.add(RowJson.digest(row));
        }
        return new Replay(keys.sorted(), share);
    }

    /** Whether the model has learned this row. */
    boolean knows(long key) {
        return Arrays.binarySearch(learned, key) >= 0;
    }

    /** Whether a learned row is learned again. */
    boolean keeps(long key) {
        return (mixed(key) >>> 11) * UNIT < share;
    }

    /**
     * The finalizer of SplitMix64: the key itself decides the split, so its lot must not follow it.
     *
     * @see <a href="https://doi.org/10.1145/2714064.2660195">Steele, Lea, Flood, 2014</a>
     */
    private static long mixed(long key) {
        long z = key + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
