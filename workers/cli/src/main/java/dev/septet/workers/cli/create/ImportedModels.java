package dev.septet.workers.cli.create;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Base models and output folders of a configuration. */
final class ImportedModels {
    private ImportedModels() {}

    /** The argument of {@code model}. */
    static String statement(
            ForeignConfig config, ImportFiles files, ConfigValue model, @Nullable ConfigValue revision) {
        config.translated(model);
        boolean hub = files.onHub(model.text());
        String text = hub ? PipelineText.quoted(model.text()) : files.written(model.text());
        if (revision == null) {
            return text;
        }
        if (!hub) {
            config.notNeeded(revision, "It is for models of the hub; this one is a folder.");
            return text;
        }
        config.translated(revision);
        return text + ", revision: " + PipelineText.quoted(revision.text());
    }

    /** The folder where the model is published: in the pipeline's folder. */
    static void target(ForeignConfig config, ImportedPipeline pipeline, String key) {
        ConfigValue value = config.take(key);
        if (value == null) {
            return;
        }
        String folder = inside(value.text());
        pipeline.target("directory(%s)".formatted(PipelineText.quoted(folder.isEmpty() ? "models/tuned" : folder)));
        if (folder.isEmpty()) {
            config.changed(value, "Models are published in the pipeline's folder: models/tuned.");
        } else {
            config.changed(value, "It gets versions of the published model; checkpoints are in the store.");
        }
    }

    /** The path, if it stays in the pipeline's folder; otherwise empty. */
    private static String inside(String text) {
        try {
            Path path = Path.of(text).normalize();
            boolean leaves = path.isAbsolute()
                    || path.startsWith("..")
                    || path.toString().isEmpty();
            return leaves ? "" : path.toString().replace(path.getFileSystem().getSeparator(), "/");
        } catch (InvalidPathException e) {
            return "";
        }
    }
}
