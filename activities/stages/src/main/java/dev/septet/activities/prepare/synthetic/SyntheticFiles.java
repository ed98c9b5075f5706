package dev.septet.activities.prepare.synthetic;

import dev.septet.activities.answer.SchemaFile;
import dev.septet.activities.answer.Teachers;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.prepare.augment.WordFile;
import dev.septet.activities.prepare.generate.Generation;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.pipeline.prepare.SyntheticSpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The files that the words for synthetic rows read.
 *
 * @param paths each file, by its name in the pipeline file
 * @param digest digest of their names and contents, for the stage's key; null without files
 */
public record SyntheticFiles(
        Map<String, Path> paths, @Nullable String digest) {
    /** No files. */
    public static final SyntheticFiles NONE = new SyntheticFiles(Map.of(), null);

    public SyntheticFiles {
        paths = Map.copyOf(paths);
    }

    /**
     * Finds the files.
     *
     * @throws StageProblem naming the file that does not exist, or that the worker does not serve
     */
    public static SyntheticFiles of(PipelineFiles files, RunRef run, SyntheticSpec spec) throws IOException {
        Map<String, Path> paths = new TreeMap<>();
        StringBuilder digests = new StringBuilder();
        for (String name : names(spec)) {
            Path path = files.read(run, name);
            if (!Files.isRegularFile(path)) {
                throw StageProblem.invalid("prepare: '%s' is not a file".formatted(name));
            }
            paths.put(name, path);
            digests.append(name)
                    .append('\n')
                    .append(SourceDigest.of(path).sha256())
                    .append('\n');
        }
        requireSchemas(spec, paths);
        if (!spec.generate().isEmpty()) {
            digests.append("prompts ").append(Generation.promptsVersion()).append('\n');
            for (GenerateSpec generate : spec.generate()) {
                for (GenerateSpec.Teacher by : generate.models()) {
                    digests.append(Teachers.digest(files, run, by)).append('\n');
                }
                if (generate.check() != null && generate.check().asksModel()) {
                    digests.append("checks ").append(Generation.checksVersion()).append('\n');
                }
            }
        }
        return digests.isEmpty()
                ? NONE
                : new SyntheticFiles(paths, Sha256.of(digests.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** A schema with a mistake is refused before a run spends money. */
    private static void requireSchemas(SyntheticSpec spec, Map<String, Path> paths) throws IOException {
        for (GenerateSpec generate : spec.generate()) {
            String name = generate.check() == null ? null : generate.check().schema();
            if (name != null) {
                SchemaFile.read(Objects.requireNonNull(paths.get(name)), "prepare: generate", name);
            }
        }
    }

    private static SortedSet<String> names(SyntheticSpec spec) {
        SortedSet<String> names = new TreeSet<>();
        for (AugmentSpec augment : spec.augment()) {
            if (augment.wordFile() != null) {
                names.add(augment.wordFile());
            }
        }
        if (spec.counterfactual() != null && spec.counterfactual().file() != null) {
            names.add(spec.counterfactual().file());
        }
        for (GenerateSpec generate : spec.generate()) {
            if (generate.prompts() != null) {
                names.add(generate.prompts());
            }
            if (generate.check() != null && generate.check().schema() != null) {
                names.add(generate.check().schema());
            }
        }
        return names;
    }

    /** A file with words. */
    public WordFile words(String name) {
        return new WordFile(path(name), name);
    }

    /** A file. */
    public Path path(String name) {
        Path path = paths.get(name);
        if (path == null) {
            throw new IllegalStateException("the file was not found before: " + name);
        }
        return path;
    }
}
