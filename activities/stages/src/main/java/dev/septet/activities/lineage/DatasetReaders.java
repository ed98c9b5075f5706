package dev.septet.activities.lineage;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which runs got a dataset, also those that did not finish: store records {@code readers/<dataset>/<run>}. */
public final class DatasetReaders {
    private static final String PREFIX = "readers/";

    private DatasetReaders() {}

    /**
     * Records that a run got a dataset.
     *
     * @param sha256 digest of the dataset's artifact
     */
    public static void add(ArtifactStore store, String sha256, String runId, String pipeline, Fence fence)
            throws IOException {
        String name = PREFIX + sha256 + "/" + runId;
        if (store.record(name).isEmpty()) {
            store.putRecord(name, pipeline, fence);
        }
    }

    /** The pipeline of each run that got a dataset, by run. */
    public static Map<String, String> of(ArtifactStore store, String sha256) throws IOException {
        String prefix = PREFIX + sha256 + "/";
        Map<String, String> readers = new TreeMap<>();
        for (String name : store.records(prefix)) {
            Optional<String> pipeline = store.record(name);
            pipeline.ifPresent(of -> readers.put(name.substring(prefix.length()), of));
        }
        return readers;
    }
}
