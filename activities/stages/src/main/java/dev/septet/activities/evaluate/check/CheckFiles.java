package dev.septet.activities.evaluate.check;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.prepare.augment.TermSwap;
import dev.septet.activities.prepare.augment.WordFile;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.evaluate.ExamChecksSpec;
import dev.septet.dsl.pipeline.evaluate.FairnessSpec;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files that the checks read.
 *
 * @param paths each file, by its name in the pipeline file
 * @param digests sha256 of each file's bytes, by the same name
 */
public record CheckFiles(Map<String, Path> paths, Map<String, String> digests) {
    /** No files. */
    public static final CheckFiles NONE = new CheckFiles(Map.of(), Map.of());

    public CheckFiles {
        paths = Map.copyOf(paths);
        digests = Map.copyOf(digests);
    }

    /**
     * Finds the files.
     *
     * @throws StageProblem naming the file that does not exist, or that the worker does not serve
     */
    public static CheckFiles of(PipelineFiles files, RunRef run, ExamChecksSpec spec) throws IOException {
        Map<String, Path> paths = new TreeMap<>();
        Map<String, String> digests = new TreeMap<>();
        if (spec.fairness() != null && spec.fairness().file() != null) {
            add(files, run, spec.fairness().file(), paths, digests);
        }
        if (spec.unanswerable() != null) {
            add(files, run, spec.unanswerable().path(), paths, digests);
        }
        return new CheckFiles(paths, digests);
    }

    private static void add(
            PipelineFiles files, RunRef run, String name, Map<String, Path> paths, Map<String, String> digests)
            throws IOException {
        Path path = files.read(run, name);
        if (!Files.isRegularFile(path)) {
            throw StageProblem.invalid("evaluate: '%s' is not a file; correct its name".formatted(name));
        }
        paths.put(name, path);
        digests.put(name, SourceDigest.of(path).sha256());
    }

    /** Digest of the names and contents, for keys; null without files. */
    public @Nullable String digest() {
        if (digests.isEmpty()) {
            return null;
        }
        StringBuilder all = new StringBuilder();
        new TreeMap<>(digests)
                .forEach(
                        (name, sha) -> all.append(name).append('\n').append(sha).append('\n'));
        return Sha256.of(all.toString());
    }

    /**
     * The terms to swap.
     *
     * @throws StageProblem naming the line that is no pair
     */
    public TermSwap terms(FairnessSpec spec) throws IOException {
        try {
            return new TermSwap(spec.terms(), name -> new WordFile(path(name), name));
        } catch (DatasetProblem e) {
            throw new StageProblem(FailureType.INVALID_PIPELINE, "evaluate: fairness: " + e.getMessage(), e);
        }
    }

    /** The file with this name. */
    public Path path(String name) {
        return Objects.requireNonNull(paths.get(name), "the file was not found before: " + name);
    }

    /** The sha256 of a file's bytes. */
    public String digestOf(String name) {
        return Objects.requireNonNull(digests.get(name), "the file was not found before: " + name);
    }
}
