package dev.septet.activities.deploy;

import dev.septet.activities.store.Manifest;
import dev.septet.dsl.spec.DirectorySpec;
import dev.septet.dsl.spec.TargetSpec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A directory gets the whole export. */
final class DirectoryFiles implements TargetFiles {
    @Override
    public String type() {
        return "directory";
    }

    @Override
    public boolean serves(TargetSpec target) {
        return target instanceof DirectorySpec;
    }

    @Override
    public Map<String, Path> files(TargetSpec target, Path export, Path scratch)
            throws IOException {
        return Manifest.filesBelow(export);
    }
}
