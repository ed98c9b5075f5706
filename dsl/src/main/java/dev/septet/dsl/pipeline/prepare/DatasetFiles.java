package dev.septet.dsl.pipeline.prepare;

import java.util.List;
import java.util.Locale;

/** The names of dataset files: their endings, patterns, and folders. */
public final class DatasetFiles {
    /** Files whose bytes are rows. */
    public static final List<String> ROWS = List.of(".jsonl", ".json", ".csv");

    /** Endings after {@link #ROWS} of compressed files. */
    public static final List<String> COMPRESSED = List.of(".gz", ".zst");

    /** Files of columns. */
    public static final List<String> COLUMNS = List.of(".parquet", ".arrow", ".feather");

    /** Documents: plain text, Markdown, HTML and PDF. */
    public static final List<String> DOCUMENTS = List.of(".txt", ".md", ".html", ".htm", ".pdf");

    private DatasetFiles() {}

    /** Whether a file's ending is that of a document. */
    public static boolean document(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return DOCUMENTS.stream().anyMatch(lower::endsWith);
    }

    /** Whether a file's ending is that of a dataset which Septet itself reads. */
    public static boolean known(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String expanded = COMPRESSED.stream()
                .filter(lower::endsWith)
                .findFirst()
                .map(ending -> lower.substring(0, lower.length() - ending.length()))
                .orElse(lower);
        return ROWS.stream().anyMatch(expanded::endsWith) || COLUMNS.stream().anyMatch(lower::endsWith);
    }

    /** Whether the path is a pattern: {@code *} is any part of a name, {@code ?} is one character. */
    public static boolean isPattern(String path) {
        return path.indexOf('*') >= 0 || path.indexOf('?') >= 0;
    }

    /** Whether the path names a folder. */
    public static boolean isFolder(String path) {
        return path.endsWith("/");
    }

    /** Whether the path names several files. */
    public static boolean several(String path) {
        return isPattern(path) || isFolder(path);
    }

    /** The folder of the files that a pattern or a folder's path names; empty for the pipeline's own folder. */
    public static String folder(String path) {
        int end = path.lastIndexOf('/');
        return end < 0 ? "" : path.substring(0, end);
    }
}
