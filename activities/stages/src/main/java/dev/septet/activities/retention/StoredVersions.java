package dev.septet.activities.retention;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The versions whose exports are in a store.
 *
 * @param versions number of versions
 * @param pipelines number of pipelines that have one
 * @param bytes size of the exports
 */
public record StoredVersions(int versions, int pipelines, long bytes) {
    private static final String VARIANTS = RecordKind.VARIANTS.prefix();

    /** Counts them. */
    public static StoredVersions of(ArtifactStore store) throws IOException {
        Map<String, Long> exports = new LinkedHashMap<>();
        Set<String> pipelines = new TreeSet<>();
        for (String name : store.records(VARIANTS)) {
            String sha256 = name.substring(name.lastIndexOf('/') + 1);
            Optional<ArtifactRef> export = KeptVersions.export(store, name);
            if (export.isPresent() && store.holds(export.get())) {
                exports.put(sha256, export.get().sizeBytes());
                pipelines.add(name.substring(VARIANTS.length(), name.lastIndexOf('/')));
            }
        }
        return new StoredVersions(
                exports.size(),
                pipelines.size(),
                exports.values().stream().mapToLong(Long::longValue).sum());
    }

    /** Size of a version on average; 0 without versions. */
    public long mean() {
        return versions == 0 ? 0 : bytes / versions;
    }
}
