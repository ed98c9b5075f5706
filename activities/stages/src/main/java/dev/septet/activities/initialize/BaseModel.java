package dev.septet.activities.initialize;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.evaluate.RequireSpec;
import dev.septet.dsl.pipeline.train.FreezeSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.model.config.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A base model's opened folder with its properties. */
public record BaseModel(ModelFolder folder, ModelConfig config, String licence, String digest) {
    private static final String UNKNOWN = "unknown";

    /** File name endings of a model's files; other files of the folder are not used. */
    private static final List<String> ENDINGS =
            List.of(".json", ".jinja", ".safetensors", ".txt", ".md", ".model", "LICENSE", "NOTICE");

    /**
     * Opens a model folder.
     *
     * @throws dev.septet.llm.format.FormatProblem when the folder is incomplete, damaged, contains
     *     a pickle, or has a model family that the engine does not support
     */
    public static BaseModel open(Path path) {
        ModelFolder folder = ModelFolder.open(path);
        return new BaseModel(
                folder,
                ModelConfig.read(path),
                folder.license().map(text -> text.toLowerCase(Locale.ROOT)).orElse(UNKNOWN),
                folder.digest());
    }

    /**
     * Checks the model against the pipeline file.
     *
     * @throws StageProblem naming the failed constraint and the model's value
     */
    public void check(InitializeSpec spec, MethodSpec method) {
        if (spec.digest() != null && !spec.digest().equals(digest)) {
            throw refusal(
                    "digest",
                    "the folder '%s' has sha256 %s, not %s: it is another version of the model"
                            .formatted(spec.model(), digest, spec.digest()));
        }
        check(spec.constraints());
        check(spec.freeze());
        if (method instanceof PartialSpec partial) {
            checkPartial(partial, spec.freeze());
        }
    }

    /**
     * Checks that {@code deploy} can export the model as GGUF. The trained model has the same
     * limits, so this is known before training.
     *
     * @throws StageProblem naming the file and the part that GGUF cannot represent
     */
    public void checkExport() throws IOException {
        try {
            GgufExport.check(folder);
        } catch (FormatProblem unsupported) {
            throw refusal(
                    "model",
                    "deploy writes a GGUF, and this model cannot be one: %s; choose another base"
                                    .formatted(unsupported.getMessage())
                            + " model, or leave the deploy block out");
        }
    }

    /** Refuses a partial training of the final norm alone, which cannot be the intention. */
    private void checkPartial(PartialSpec partial, @Nullable FreezeSpec freeze) {
        int lowest = config.layers() - partial.lastLayers();
        if (lowest < 0) {
            throw refusal(
                    "method partial",
                    String.format(
                            Locale.ROOT,
                            "it trains the last %d layers, but the model has %d",
                            partial.lastLayers(),
                            config.layers()));
        }
        if (freeze != null && freeze.first() <= lowest && freeze.last() == config.layers() - 1) {
            throw refusal(
                    "freeze layers",
                    String.format(
                            Locale.ROOT,
                            "all of the last %d layers, which `partial` trains, are frozen; freeze fewer",
                            partial.lastLayers()));
        }
    }

    private void check(@Nullable RequireSpec constraints) {
        if (constraints == null) {
            return;
        }
        List<String> accepted = constraints.licences().stream()
                .map(text -> text.toLowerCase(Locale.ROOT))
                .toList();
        if (!accepted.isEmpty() && !accepted.contains(licence)) {
            throw refusal(
                    "require licence",
                    licence.equals(UNKNOWN)
                            ? "the model's README.md names no licence; accepted are " + String.join(", ", accepted)
                            : "the model's licence is %s; accepted are %s"
                                    .formatted(licence, String.join(", ", accepted)));
        }
        Long most = constraints.maxParameters();
        if (most != null && folder.parameters() > most) {
            throw refusal(
                    "require parameters",
                    String.format(
                            Locale.ROOT,
                            "the model has %,d parameters; at most %,d are accepted",
                            folder.parameters(),
                            most));
        }
    }

    private void check(@Nullable FreezeSpec freeze) {
        if (freeze == null) {
            return;
        }
        if (freeze.last() >= config.layers()) {
            throw refusal(
                    "freeze layers",
                    String.format(
                            Locale.ROOT,
                            "%d..%d names layer %d, but the model has layers 0 to %d",
                            freeze.first(),
                            freeze.last(),
                            freeze.last(),
                            config.layers() - 1));
        }
    }

    /** The model's files, by name. */
    public Map<String, Path> files() throws IOException {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder.path())) {
            for (Path path : all.toList()) {
                String name = path.getFileName().toString();
                boolean relevant = !name.startsWith(".") && ENDINGS.stream().anyMatch(name::endsWith);
                if (relevant
                        && !Files.isDirectory(path)
                        && !folder.ignoredPickles().contains(name)) {
                    folder.file(name).ifPresent(file -> files.put(name, file));
                }
            }
        }
        return files;
    }

    private static StageProblem refusal(String constraint, String reason) {
        return StageProblem.invalid("initialize: %s: %s".formatted(constraint, reason));
    }
}
