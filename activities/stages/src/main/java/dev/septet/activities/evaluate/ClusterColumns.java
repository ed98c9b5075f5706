package dev.septet.activities.evaluate;

import dev.septet.activities.evaluate.cluster.ClusterFile;
import dev.septet.activities.evaluate.cluster.ClusterFiles;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Adds the name of each row's error cluster as a column beside the rows, for {@code slices from:}.
 *
 * @param files the files that the slices name
 * @param base the base model, whose hidden states are compared
 */
public record ClusterColumns(ClusterFiles files, Candidate base, Predictions predictions, Listener listener) {
    private static final int ROWS_OF_VECTORS = 1024;

    /** Receives the number of rows with a name, and the number of all rows of the set. */
    @FunctionalInterface
    public interface Listener {
        void report(int done, int total);
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
        List<String> names = new ArrayList<>();
        for (int from = 0;
                from < texts.size();
                from += ROWS_OF_VECTORS) { // vectors of all rows may not fit into memory
            int before = from;
            List<String> part = texts.subList(from, Math.min(from + ROWS_OF_VECTORS, texts.size()));
            for (Optional<float[]> vector : predictions.vectors(
                    base, file.layer(), part, done -> listener.report(before + done, texts.size()))) {
                names.add(vector.flatMap(file::nameOf).orElse(Slices.NONE));
            }
        }
        return names;
    }
}
