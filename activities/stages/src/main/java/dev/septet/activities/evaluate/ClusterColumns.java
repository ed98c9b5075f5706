package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.cluster.ClusterFile;
import dev.septet.activities.evaluate.cluster.ClusterFiles;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds the name of each row's error cluster as a column beside the rows, for {@code slices from:}.
 *
 * @param files the files that the slices name
 * @param base the base model, whose hidden states are compared
 */
public record ClusterColumns(ClusterFiles files, Candidate base, Predictions predictions, Listener listener) {
    /** Receives the number of rows with a name, and the number of all rows of the set. */
    @FunctionalInterface
    public interface Listener {
        void report(int done, int total);
    }

    /** The sets with the columns of their slices. */
    public List<TestSet> of(List<TestSet> sets) throws IOException {
        List<TestSet> sliced = new ArrayList<>();
        for (TestSet set : sets) {
            sliced.add(of(set));
        }
        return sliced;
    }

    /** The set with the columns of its slices. */
    public TestSet of(TestSet set) throws IOException {
        EvaluationRows rows = set.rows();
        for (SliceSpec slice : set.spec().slices()) {
            String from = slice.from();
            if (from != null) {
                rows = rows.with(slice.by(), names(files.of(from), rows.subjects()));
            }
        }
        return new TestSet(set.name(), set.source(), set.spec(), rows);
    }

    private List<String> names(ClusterFile file, List<String> texts) throws IOException {
        // Only the names are kept, because vectors of all rows may not fit into memory.
        return predictions.vectors(
                base,
                file.layer(),
                texts,
                vector -> vector.flatMap(file::nameOf).orElse(Slices.NONE),
                done -> listener.report(done, texts.size()));
    }
}
