package dev.septet.activities.deploy;

import dev.septet.dsl.spec.TargetSpec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Chooses what of an export a target's folder gets. One per kind of target. */
interface TargetFiles {
    /** The target's name in the language. */
    String type();

    /** Whether it serves such a target. */
    boolean serves(TargetSpec target);

    /**
     * Where each file of a version is, by its path in the version.
     *
     * @param export the export's folder
     * @param scratch empty, for files that are made for this target
     */
    Map<String, Path> files(TargetSpec target, Path export, Path scratch) throws IOException;
}
