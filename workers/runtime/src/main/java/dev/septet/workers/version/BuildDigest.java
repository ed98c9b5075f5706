package dev.septet.workers.version;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The build id of a program's own files: equal files give equal ids on every machine and in every folder. */
public final class BuildDigest {
    private static final int DIGITS = 16;
    private static final int BUFFER = 1 << 16;

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
            MessageDigest digest = sha256();
            digest.update(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
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
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest()) + " " + name;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
