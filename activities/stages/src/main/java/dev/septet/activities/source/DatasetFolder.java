package dev.septet.activities.source;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.columnar.Columnar;
import dev.septet.activities.dataset.compression.Compression;
import dev.septet.activities.dataset.document.DocumentKind;
import dev.septet.activities.dataset.file.SourceContent;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.files.PathPattern;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.dsl.pipeline.prepare.DatasetFiles;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The dataset files of a folder, or those that match a pattern, in the order of the code points of
 * their names. Sub-folders and hidden files are not read.
 */
final class DatasetFolder {
    /** The largest number of files of a source. */
    static final int MAX_FILES = 100_000;

    private static final Comparator<String> CODE_POINTS = (a, b) -> {
        int[] left = a.codePoints().toArray();
        int[] right = b.codePoints().toArray();
        return Arrays.compare(left, right);
    };

    private final PipelineFiles files;
    private final RunRef run;

    DatasetFolder(PipelineFiles files, RunRef run) {
        this.files = files;
        this.run = run;
    }

    /** A file, by its name's ending. */
    SourceFile file(String path) throws IOException {
        return new SourceFile(files.read(run, path), path, content(path));
    }

    /** A document, by its name's ending. */
    SourceFile document(String path) throws IOException {
        DocumentKind kind = DocumentKind.of(path)
                .orElseThrow(() -> StageProblem.invalid("dataset documents('%s'): is not a document; expected %s"
                        .formatted(path, String.join(", ", DatasetFiles.DOCUMENTS))));
        return new SourceFile(files.read(run, path), path, kind);
    }

    static SourceContent content(String path) {
        return Compression.of(path)
                .map(SourceContent.class::cast)
                .or(() -> Columnar.of(path))
                .orElse(SourceContent.PLAIN);
    }

    /**
     * The files that a path names.
     *
     * @param documents whether the files are documents instead of files of rows
     * @throws StageProblem INVALID_PIPELINE when no file has such a name, or too many have
     */
    List<SourceFile> files(String written, boolean documents) throws IOException {
        String folder = DatasetFiles.folder(written);
        Path path = files.read(run, folder.isEmpty() ? "." : folder);
        if (!Files.isDirectory(path)) {
            throw StageProblem.invalid("dataset '%s': '%s' is not a folder".formatted(written, folder));
        }
        String last = written.substring(folder.isEmpty() ? 0 : folder.length() + 1);
        String pattern = last.isEmpty() ? "*" : last;
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                boolean hidden = name.startsWith(".") && !pattern.startsWith(".");
                if (!hidden
                        && PathPattern.matches(pattern, name)
                        && known(name, documents)
                        && !Files.isDirectory(entry)) {
                    names.add(name);
                    if (names.size() > MAX_FILES) {
                        throw StageProblem.invalid(String.format(
                                Locale.ROOT,
                                "dataset '%s': names more than %,d files; use fewer, larger files",
                                written,
                                MAX_FILES));
                    }
                }
            }
        }
        if (names.isEmpty()) {
            throw StageProblem.invalid("dataset '%s': no file in %s has such a name and an ending of a %s"
                    .formatted(written, path, documents ? "document, such as .md" : "dataset, such as .jsonl"));
        }
        names.sort(CODE_POINTS);
        List<SourceFile> found = new ArrayList<>();
        for (String name : names) {
            String file = folder.isEmpty() ? name : folder + "/" + name;
            found.add(documents ? document(file) : file(file));
        }
        return found;
    }

    private static boolean known(String name, boolean documents) {
        return documents ? DatasetFiles.document(name) : DatasetFiles.known(name);
    }
}
