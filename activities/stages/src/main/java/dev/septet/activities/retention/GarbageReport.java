package dev.septet.activities.retention;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a garbage collection removes, or removed.
 *
 * @param policy what it kept beside what is needed
 * @param removed number and size, by kind; a size counts a file once for each artifact that has it
 * @param versions versions that were removed, as {@code pipeline version}
 * @param left what could not be removed, one sentence each
 * @param busy number of things that were used while the collection ran, and stay
 * @param bytes size of the store's artifacts and checkpoints before it
 */
public record GarbageReport(
        String policy,
        Map<CollectedKind, Count> removed,
        List<String> versions,
        List<String> left,
        int busy,
        long bytes) {
    /**
     * How much of a kind.
     *
     * @param bytes size together
     */
    public record Count(int number, long bytes) {
        Count plus(long more) {
            return new Count(number + 1, bytes + more);
        }
    }

    public GarbageReport {
        removed = new TreeMap<>(removed);
        versions = List.copyOf(versions);
        left = List.copyOf(left);
    }

    /** Size of everything that is removed. */
    public long removedBytes() {
        return removed.values().stream().mapToLong(Count::bytes).sum();
    }

    /** Number of everything that is removed. */
    public int removedNumber() {
        return removed.values().stream().mapToInt(Count::number).sum();
    }
}
