package dev.septet.activities.deploy.publication;

import dev.septet.activities.store.Manifest;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A directory, or a prefix of a bucket, gets the whole export. */
record WholeExport(String type, Class<? extends TargetSpec> spec) implements TargetFiles {
    @Override
    public boolean handles(TargetSpec target) {
        return spec.isInstance(target);
    }

    @Override
    public Map<String, Path> files(TargetSpec target, Exported export, Path scratch) throws IOException {
        return Manifest.filesBelow(export.folder());
    }
}
