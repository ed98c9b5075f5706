package dev.septet.activities.evaluate.benchmark;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The files that a benchmark reads. Paths in task files are relative to the pipeline file's folder, as if lm-evaluation-harness
 * was started there; only included files and the tasks of a group are beside the file that names them.
 */
public final class BenchmarkFiles {
    static final long MOST_TASK_BYTES = 256 << 10;
    static final long MOST_DATA_BYTES = 256L << 20;
    static final int MOST_FILES = 1000;

    private final Opener opener;
    private final Map<String, String> digests = new TreeMap<>();
    private long dataBytes;

    public BenchmarkFiles(Opener opener) {
        this.opener = opener;
    }

    /** Finds a file that a task file names. */
    @FunctionalInterface
    public interface Opener {
        /**
         * An existing file that may be read.
         *
         * @throws StageProblem when it does not exist, or is outside the folders that may be read
         */
        Path read(String written) throws IOException;
    }

    /** The text of a task file. */
    String task(String written) throws IOException {
        return new String(bytes(written, opener.read(written), MOST_TASK_BYTES), StandardCharsets.UTF_8);
    }

    /** A data file, whose size is within the limit of all data files together. */
    Path data(String written) throws IOException {
        Path file = opener.read(written);
        byte[] bytes = bytes(written, file, MOST_DATA_BYTES - dataBytes);
        dataBytes += bytes.length;
        return file;
    }

    /** The folder of a task file, for the other tasks of its group. */
    Path folder(String written) throws IOException {
        return opener.read(parent(written).isEmpty() ? "." : parent(written));
    }

    /** A path that a file names relative to itself. */
    static String beside(String written, String other) {
        return Path.of(other).isAbsolute() || parent(written).isEmpty() ? other : parent(written) + "/" + other;
    }

    private static String parent(String written) {
        int slash = written.lastIndexOf('/');
        return slash < 0 ? "" : written.substring(0, slash);
    }

    private byte[] bytes(String written, Path file, long most) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw StageProblem.invalid("benchmark: '%s' is not a regular file; name a file".formatted(written));
        }
        if (Files.size(file) > most) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "benchmark: '%s' has %,d bytes, but at most %,d may be read; use a smaller file",
                    written,
                    Files.size(file),
                    most));
        }
        byte[] bytes = Files.readAllBytes(file);
        digests.put(written, Sha256.of(bytes));
        if (digests.size() > MOST_FILES) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT, "benchmark: more than %d files are read; use smaller groups", MOST_FILES));
        }
        return bytes;
    }

    /** Digest of the contents of all files that were read, with their names. */
    public String digest() {
        return Sha256.of(digests.entrySet().stream()
                .map(file -> file.getKey() + "\0" + file.getValue())
                .collect(Collectors.joining("\n")));
    }
}
