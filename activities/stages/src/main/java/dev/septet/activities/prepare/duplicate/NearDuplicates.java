package dev.septet.activities.prepare.duplicate;

import dev.septet.activities.dataset.Row;
import dev.septet.activities.prepare.check.RowCheck;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Removes rows whose texts are similar to the texts of an earlier row that is kept ({@link SimilarRows}). The result
 * depends only on the rows and their order. Memory per removed row: its place, about 60 bytes.
 */
public final class NearDuplicates implements RowCheck, Closeable {
    private final SimilarRows kept;
    private final SortedMap<Integer, Members> clusters = new TreeMap<>();
    private long removed;

    /**
     * @param scratch a new file for the texts; null keeps them in memory
     */
    public NearDuplicates(CleaningSpec.NearDuplicates spec, @Nullable Path scratch) throws IOException {
        kept = new SimilarRows(spec.similarity(), spec.on(), "deduplicate near:", scratch);
    }

    /** The near-duplicates of a kept row. */
    private record Members(String kept, List<String> others) {}

    /**
     * A kept row and its near-duplicates: a line of near-duplicates.jsonl.
     *
     * @param size number of rows, including the kept one
     * @param kept place of the kept row
     * @param others places of the removed rows, in their order
     */
    public record Cluster(int size, String kept, List<String> others) {}

    /** The clusters, in the order of their kept rows. */
    public List<Cluster> clusters() {
        return clusters.values().stream()
                .map(members -> new Cluster(members.others().size() + 1, members.kept(), List.copyOf(members.others())))
                .toList();
    }

    @Override
    public long removed() {
        return removed;
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
        return removes(row.place().toString(), kept.signature(row));
    }

    /**
     * Whether the row of a signature is removed. The check counts it.
     *
     * @param place the row's place
     */
    public boolean removes(String place, Signature row) throws IOException {
        Optional<SimilarRows.Found> found = kept.find(row);
        if (found.isEmpty()) {
            kept.add(place, row);
            return false;
        }
        clusters.computeIfAbsent(
                        found.get().number(), any -> new Members(found.get().place(), new ArrayList<>()))
                .others()
                .add(place);
        removed++;
        return true;
    }

    @Override
    public void close() throws IOException {
        kept.close();
    }
}
