package dev.septet.activities.deploy.publication;

import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Selects the files of an export that a target gets. There is one implementation per kind of
 * target.
 */
public interface TargetFiles {
    /** The target's name in the pipeline language. */
    String type();

    /** Whether this implementation handles the target. */
    boolean handles(TargetSpec target);

    /**
     * Checks that the target's tools can use the tuned model, as far as its base model shows this.
     *
     * @param model the base model's folder in Hugging Face layout
     * @throws dev.septet.activities.attempt.StageProblem INVALID_PIPELINE with the unsupported
     *     feature
     */
    default void check(Path model) throws IOException {}

    /**
     * The files of a version: the path on disk of each file, by its path in the version. Equal
     * exports give equal files.
     *
     * @param scratch empty folder for files that are created for this target
     */
    Map<String, Path> files(TargetSpec target, Exported export, Path scratch) throws IOException;
}
