package dev.septet.activities.deploy.publication;

import dev.septet.dsl.extension.Extension;
import dev.septet.dsl.pipeline.ExtensionSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A target from a jar: {@code target listed('models/out')}. It is a folder of versions with
 * the alias {@code current}. The jar chooses the files of a version; Septet copies them and moves
 * the alias at once.
 */
public interface TargetExtension extends Extension {
    /**
     * Checks that the target's tools can use the tuned model, as far as its base model shows this.
     *
     * @param model the base model's folder in Hugging Face layout
     * @throws dev.septet.activities.attempt.StageProblem INVALID_PIPELINE with the unsupported
     *     feature
     */
    default void check(ExtensionSpec used, Path model) throws IOException {}

    /**
     * Where each file of a version is, by its path in the version. Equal exports give equal files.
     *
     * @param scratch empty, for files that are made for this target
     */
    Map<String, Path> files(ExtensionSpec used, Exported export, Path scratch) throws IOException;
}
