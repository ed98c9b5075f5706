package dev.septet.workers.version;

import dev.septet.activities.store.Sha256;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The build id of a program's own files: equal files give equal ids on every machine and in every folder. */
public final class BuildDigest {
    private static final int DIGITS = 16;

    private BuildDigest() {}

    /** The jars and folders on the class path of this process. */
    public static List<Path> classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .toList();
    }

    /** The first digits of the digest of all files, by their names without folders and by their content. */
    static String id(List<Path> program) {
        try {
            List<String> lines = new ArrayList<>();
            for (Path entry : program) {
                lines.addAll(lines(entry));
            }
            lines.sort(null);
            return Sha256.of(String.join("\n", lines)).substring(0, DIGITS);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the files of this program for --build-id auto", e);
        }
    }

    private static List<String> lines(Path entry) throws IOException {
        if (!Files.isDirectory(entry)) {
            return Files.exists(entry) ? List.of(line(entry, entry.getFileName().toString())) : List.of();
        }
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(entry)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                lines.add(line(file, entry.relativize(file).toString()));
            }
        }
        return lines;
    }

    private static String line(Path file, String name) throws IOException {
        return Sha256.of(file) + " " + name;
    }
}
