package dev.septet.activities.prepare.contamination;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.files.PathPattern;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.RowNamesSpec;
import dev.septet.dsl.text.PublicText;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The test files that {@code decontaminate} reads.
 *
 * @param files the files, by their names in the pipeline file
 * @param digest digest of their names and contents, for the stage's key
 */
public record TestFiles(List<TestFile> files, String digest) {
    /** The most files that one path with {@code *} may name. */
    private static final int MAX_FILES = 1000;

    /** The most entries that are read of a folder. */
    private static final int MAX_ENTRIES = 100_000;

    public TestFiles {
        files = List.copyOf(files);
    }

    /**
     * One file.
     *
     * @param names the names that the file uses instead of those of its format; null for none
     */
    public record TestFile(
            SourceFile file, DatasetFormat format, @Nullable RowNamesSpec names) {
        /** A file whose rows decide their format. */
        public TestFile(SourceFile file) {
            this(file, DatasetFormat.AUTO, null);
        }
    }

    /**
     * Finds the files.
     *
     * @param suites paths of the pipeline's own test files
     * @param sets the named test sets of the pipeline, which also are its own test files
     * @return null when the spec does not declare {@code decontaminate}
     * @throws StageProblem naming the path that no file has, or that the worker does not serve
     */
    public static @Nullable TestFiles of(
            PipelineFiles files, RunRef run, CleaningSpec spec, Collection<String> suites, Collection<TestSetSpec> sets)
            throws IOException {
        CleaningSpec.Decontamination words = spec.decontaminate();
        if (words == null) {
            return null;
        }
        TreeMap<String, Path> found = new TreeMap<>();
        for (String path : suites) {
            found.put(path, files.read(run, path));
        }
        for (TestSetSpec set : sets) {
            found.put(set.path(), files.read(run, set.path()));
        }
        for (String path : words.against()) {
            for (String name : path.contains("*") ? matching(files, run, path) : List.of(path)) {
                found.put(name, file(files, run, name));
            }
        }
        if (found.isEmpty()) {
            throw StageProblem.invalid(
                    "prepare: decontaminate has no test file: it has no against:, and evaluate has no"
                            + " `forgetting suite:` and no `test`; write `decontaminate against: ['tests/*.jsonl']`");
        }
        List<TestFile> sources = new ArrayList<>();
        StringBuilder digests = new StringBuilder();
        for (var entry : found.entrySet()) {
            SourceFile source = new SourceFile(entry.getValue(), entry.getKey());
            List<TestSetSpec> mapped = sets.stream()
                    .filter(set -> set.path().equals(entry.getKey()) && !set.plain())
                    .toList();
            digests.append(entry.getKey())
                    .append('\n')
                    .append(SourceDigest.of(entry.getValue()).sha256())
                    .append('\n');
            if (mapped.isEmpty()) {
                sources.add(new TestFile(source));
            }
            for (TestSetSpec set : mapped) {
                sources.add(new TestFile(source, set.format(), set.names()));
                digests.append(SpecDigest.of(set.reading())).append('\n');
            }
        }
        return new TestFiles(sources, Sha256.of(digests.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static Path file(PipelineFiles files, RunRef run, String name) throws IOException {
        Path file = files.read(run, name);
        if (!Files.isRegularFile(file)) {
            throw StageProblem.invalid("prepare: decontaminate against: '%s' is not a file".formatted(name));
        }
        return file;
    }

    /** The names that a path with {@code *} in the name of its file stands for, sorted. */
    private static Collection<String> matching(PipelineFiles files, RunRef run, String path) throws IOException {
        int slash = path.lastIndexOf('/') + 1;
        String folder = path.substring(0, slash);
        String pattern = path.substring(slash);
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> entries = Files.list(files.read(run, folder.isEmpty() ? "." : folder))) {
            entries.limit(MAX_ENTRIES)
                    .map(entry -> String.valueOf(entry.getFileName()))
                    .filter(entry -> !entry.startsWith(".") && PathPattern.matches(pattern, entry))
                    .filter(entry -> PublicText.line(entry).equals(entry))
                    .forEach(entry -> names.add(folder + entry));
        }
        if (names.isEmpty()) {
            throw StageProblem.invalid(
                    "prepare: decontaminate against: '%s' matches no file; correct the path, or remove it"
                            .formatted(path));
        }
        if (names.size() > MAX_FILES) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "prepare: decontaminate against: '%s' matches %d files, expected at most %d; join them, or name fewer",
                    path,
                    names.size(),
                    MAX_FILES));
        }
        return names;
    }
}
