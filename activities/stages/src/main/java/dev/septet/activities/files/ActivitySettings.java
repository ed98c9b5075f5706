package dev.septet.activities.files;

import java.nio.file.Path;
import java.util.List;

/**
 * The operator's settings of a worker's activities.
 *
 * @param store folder of the artifact store
 * @param catalogue folders whose pipelines may be run, in search order
 * @param dataRoots further folders from which pipelines may read data and models; a pipeline's own
 *     folder and the catalogue are always allowed
 */
public record ActivitySettings(Path store, List<Path> catalogue, List<Path> dataRoots) {
    public ActivitySettings {
        catalogue = List.copyOf(catalogue);
        dataRoots = List.copyOf(dataRoots);
    }
}
