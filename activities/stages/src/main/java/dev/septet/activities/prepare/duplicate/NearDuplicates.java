package dev.septet.activities.prepare.duplicate;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.prepare.check.RowCheck;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Removes rows whose texts are similar to the texts of an earlier row that is kept ({@link SimilarRows}). The result
 * depends only on the rows and their order. The places of removed rows are in a scratch file.
 */
public final class NearDuplicates implements RowCheck, Closeable {
    private final SimilarRows kept;
    private final RemovedRows removed;

    /**
     * @param scratch a new file for the texts; null keeps them in memory
     */
    public NearDuplicates(CleaningSpec.NearDuplicates spec, @Nullable Path scratch) throws IOException {
        kept = new SimilarRows(spec.similarity(), spec.on(), scratch);
        removed = new RemovedRows(SimilarRows.sibling(scratch, ".removed"));
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
        return removed.clusters((text, size, others) -> sink.add(size, kept.place(text), others));
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
        return kept.leftOut();
    }

    @Override
    public boolean removes(Row row) throws IOException {
        return removes(row.place(), kept.signature(row));
    }

    /**
     * Whether the row of a signature is removed. The check counts it.
     *
     * @param place the row's place
     */
    public boolean removes(RowPlace place, RowSignature row) throws IOException {
        Optional<SimilarRows.Found> found = kept.find(row);
        if (found.isEmpty()) {
            kept.add(place.toString(), row);
            return false;
        }
        removed.add(found.get().number(), place);
        return true;
    }

    @Override
    public void close() throws IOException {
        try (removed) {
            kept.close();
        }
    }
}
