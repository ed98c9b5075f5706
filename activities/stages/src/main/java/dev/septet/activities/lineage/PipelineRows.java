package dev.septet.activities.lineage;

import dev.septet.activities.result.StoredResult;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;

/** The rows of one pipeline. Other pipelines may have files and lines of the same names. */
public final class PipelineRows {
    private PipelineRows() {}

    /**
     * Digests of the rows that a query names, as the pipeline read them. Rows are not followed into other pipelines.
     *
     * @return several for one place when the file changed between two runs; empty when no dataset of the pipeline has them
     */
    public static SortedSet<String> read(ArtifactStore store, String pipeline, RowQuery query) throws IOException {
        SortedSet<String> read = new TreeSet<>();
        for (StoredResult each : StoredResult.all(store)) {
            DatasetRef dataset = Trace.dataset(each);
            ArtifactRef lineage = dataset == null ? null : dataset.lineage();
            if (dataset == null
                    || lineage == null
                    || !DatasetReaders.of(store, dataset.artifact().sha256()).containsValue(pipeline)) {
                continue;
            }
            try {
                LineageFile.read(store.fetch(lineage), row -> {
                    if (query.matches(row)) {
                        read.add(row.read());
                    }
                });
            } catch (CorruptArtifactException gone) {
                // Its rows were forgotten, or it is prepared again.
            }
        }
        return read;
    }
}
