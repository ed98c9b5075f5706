package dev.septet.activities.host;

import java.nio.file.Path;
import java.util.List;

/**
 * What an operator tells a worker's activities.
 *
 * @param store folder of the artifact store
 * @param catalogue folders whose pipelines may be run, in the order they are looked through
 * @param dataRoots further folders that pipelines may read data and models from; a pipeline's own
 *     folder and the catalogue are always allowed
 */
public record ActivitySettings(Path store, List<Path> catalogue, List<Path> dataRoots) {
    public ActivitySettings {
        catalogue = List.copyOf(catalogue);
        dataRoots = List.copyOf(dataRoots);
    }
}
