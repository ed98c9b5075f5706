package dev.septet.activities.deploy.publication;

import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Chooses what of an export a target gets. One per kind of target. */
public interface TargetFiles {
    /** The target's name in the language. */
    String type();

    /** Whether it serves such a target. */
    boolean serves(TargetSpec target);

    /**
     * Returns when the target's tools can use a model, as far as its base model tells.
     *
     * @param model the base model's folder in Hugging Face layout
     * @throws dev.septet.activities.attempt.StageProblem INVALID_PIPELINE, saying what they cannot
     *     use
     */
    default void check(Path model) throws IOException {}

    /**
     * Where each file of a version is, by its path in the version. Equal exports give equal files.
     *
     * @param scratch empty, for files that are made for this target
     */
    Map<String, Path> files(TargetSpec target, Exported export, Path scratch) throws IOException;
}
