package dev.septet.activities.prepare.duplicate;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.prepare.check.RowCheck;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Removes rows whose texts are similar to the texts of an earlier row that is kept. A row has one or more texts, and each of
 * them must be similar. MinHash signatures find candidates, and
 * the exact Jaccard similarity of the shingle sets decides. So no row below the similarity is removed, and two rows of
 * exactly this similarity are compared with a probability of at least {@link Bands#RECALL}. The result depends only on
 * the rows and their order.
 *
 * <p>Beyond the first rows, everything that grows is in scratch files: the tables of bands (12 to 24 bytes per kept row and
 * band; 20 bands at 0.8), the texts, and the places of removed rows.
 *
 * @see <a href="https://doi.org/10.1109/SEQUEN.1997.666900">Broder, 1997: On the resemblance and containment of
 *     documents</a>
 */
public final class NearDuplicates implements RowCheck, Closeable {
    /** The most candidates of one row that are compared, those with the most common bands first. */
    static final int MAX_COMPARED = 64;

    private static final long[] NO_SHINGLES = new long[0];

    private final CleaningSpec.NearDuplicates spec;
    private final Signatures signatures;
    private final BandIndex index;
    private final TextStore kept;
    private final RemovedRows removed;

    /**
     * @param scratch a new file for the texts; null keeps them in memory
     */
    public NearDuplicates(CleaningSpec.NearDuplicates spec, @Nullable Path scratch) throws IOException {
        this.spec = spec;
        signatures = new Signatures(spec);
        index = new BandIndex(Bands.of(spec.similarity()).count(), sibling(scratch, ".bands"));
        removed = new RemovedRows(sibling(scratch, ".removed"));
        kept = scratch == null ? TextStore.inMemory() : TextStore.in(scratch);
    }

    private static @Nullable Path sibling(@Nullable Path scratch, String more) {
        return scratch == null ? null : scratch.resolveSibling(scratch.getFileName() + more);
    }

    /**
     * A kept row and its near-duplicates: a line of near-duplicates.jsonl.
     *
     * @param size number of rows, including the kept one
     * @param kept place of the kept row
     * @param others places of the removed rows, in their order
     */
    public record Cluster(int size, String kept, List<String> others) {}

    /** Receives clusters, whose rows may be too many for the heap. */
    @FunctionalInterface
    public interface ClusterSink {
        /**
         * Receives a cluster.
         *
         * @param size number of rows, including the kept one
         * @param kept place of the kept row
         * @param others places of the removed rows, in their order, to be read once
         */
        void add(int size, String kept, Iterator<String> others) throws IOException;
    }

    /** Gives the clusters, in the order of their kept rows; returns their number. */
    public int clusters(ClusterSink sink) throws IOException {
        return removed.clusters((text, size, others) ->
                sink.add(size, Stored.parse(kept.get(text)).place(), others));
    }

    /** The clusters, in the order of their kept rows. */
    public List<Cluster> clusters() throws IOException {
        List<Cluster> clusters = new ArrayList<>();
        var unused = clusters((size, kept, others) -> {
            List<String> places = new ArrayList<>();
            others.forEachRemaining(places::add);
            clusters.add(new Cluster(size, kept, places));
        });
        return clusters;
    }

    @Override
    public long removed() {
        return removed.size();
    }

    /**
     * Number of index entries that were left out because more than {@link BandIndex#MAX_BUCKET} rows share a band, as
     * rows of one template do. Some of their near-duplicates may be kept.
     */
    public long leftOut() {
        return index.fullBuckets();
    }

    @Override
    public boolean removes(Row row) throws IOException {
        return removes(row.place(), signatures.of(row));
    }

    /**
     * Whether the row of a signature is removed. The check counts it.
     *
     * @param place the row's place
     */
    public boolean removes(RowPlace place, Signature row) throws IOException {
        if (row.texts().get(0).isEmpty()) {
            return false; // nothing to compare: two rows without a text are not similar
        }
        long[] shingles = NO_SHINGLES;
        for (int candidate : mostCommonFirst(index.candidates(row.bands()))) {
            int size = kept.size(candidate);
            double largest = (double) Math.min(size, row.size()) / Math.max(size, row.size());
            if (largest < spec.similarity()) {
                continue; // the similarity cannot be larger than the ratio of the sizes
            }
            shingles = shingles.length == 0 ? Shingles.of(row.texts().get(0)) : shingles;
            Stored stored = Stored.parse(kept.get(candidate));
            if (similar(shingles, stored.texts().get(0)) && similar(row.texts(), stored.texts())) {
                removed.add(candidate, place);
                return true;
            }
        }
        keep(new Stored(place.toString(), row.texts()), row.size(), row.bands());
        return false;
    }

    private boolean similar(long[] shingles, String other) {
        return Shingles.similarity(shingles, Shingles.of(other)) >= spec.similarity();
    }

    /** The texts after the first. A text that only one of the rows has is not similar to nothing. */
    private boolean similar(List<String> texts, List<String> others) {
        for (int i = 1; i < texts.size(); i++) {
            String text = texts.get(i);
            String other = others.get(i);
            if (!text.equals(other) && (text.isEmpty() || other.isEmpty() || !similar(Shingles.of(text), other))) {
                return false;
            }
        }
        return true;
    }

    /** A kept row in the scratch file: the lengths of its place and its texts, then these. */
    private record Stored(String place, List<String> texts) {
        private static Stored parse(String line) {
            String[] parts = line.split("\n", 2);
            List<String> texts = new ArrayList<>();
            int at = 0;
            for (String length : parts[0].split(" ")) {
                int end = at + Integer.parseInt(length);
                texts.add(parts[1].substring(at, end));
                at = end;
            }
            return new Stored(texts.get(0), texts.subList(1, texts.size()));
        }

        private String line() {
            String lengths = Stream.concat(Stream.of(place), texts.stream())
                    .map(text -> String.valueOf(text.length()))
                    .collect(Collectors.joining(" "));
            return lengths + "\n" + place + String.join("", texts);
        }
    }

    private void keep(Stored row, int size, int[] keys) throws IOException {
        index.add(keys);
        kept.add(row.line(), size);
    }

    /** Each candidate once, those with the most common bands first, then the earlier ones. */
    private static int[] mostCommonFirst(int[] candidates) {
        Arrays.sort(candidates);
        long[] ranked = new long[candidates.length];
        int count = 0;
        for (int i = 0; i < candidates.length; ) {
            int end = i;
            while (end < candidates.length && candidates[end] == candidates[i]) {
                end++;
            }
            ranked[count++] = (long) -(end - i) << 32 | candidates[i];
            i = end;
        }
        Arrays.sort(ranked, 0, count);
        return Arrays.stream(ranked, 0, Math.min(count, MAX_COMPARED))
                .mapToInt(rank -> (int) rank)
                .toArray();
    }

    @Override
    public void close() throws IOException {
        try (index;
                removed) {
            kept.close();
        }
    }
}
