package dev.septet.activities.evaluate.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The clusters of an evaluation and what is made of them.
 *
 * @param file null when there are no clusters
 */
public record ErrorClusterFindings(
        ErrorClusters clusters, @Nullable ClusterFile file, DataRequest request) {
    /** Writes the clusters, if there are some, and the request. */
    public void write(Path folder) throws IOException {
        if (file != null) {
            Files.writeString(folder.resolve(ClusterFile.NAME), file.json());
        }
        Files.writeString(folder.resolve(DataRequest.NAME), request.json());
        Files.writeString(folder.resolve(DataRequest.PAGE), request.markdown());
    }
}
