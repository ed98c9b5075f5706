package dev.septet.examples.kills;

import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.FolderDigest;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipFile;

/**
 * The conditions that determine the results of trainings in a folder, kept in a file of that
 * folder. Trainings are comparable only when all conditions are the same.
 *
 * @param stages setup and train blocks as in a pipeline file
 * @param baseModel digest of the base model's files
 * @param seed determines when processes are killed
 * @param classes digest of all classes and resources on the class path
 */
record Conditions(String stages, String baseModel, int threads, long seed, String classes) {
    private static final String FILE = "conditions.json";

    /** The current conditions. */
    static Conditions of(Kills kills) throws IOException {
        return new Conditions(
                kills.stages(),
                FolderDigest.of(kills.baseModel()),
                kills.threads(),
                kills.seed(),
                classes(System.getProperty("java.class.path")));
    }

    /**
     * Writes the conditions to a folder that has none yet, and compares them with a folder's
     * existing ones.
     *
     * @throws IllegalStateException when the folder has other conditions; the message names the
     *     differences
     */
    void requireIn(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (Files.notExists(file)) {
            Files.write(file, SpecJson.mapper().writeValueAsBytes(this));
            return;
        }
        Conditions begun = SpecJson.mapper().readValue(Files.readAllBytes(file), Conditions.class);
        List<String> different = begun.differencesTo(this);
        if (!different.isEmpty()) {
            throw new IllegalStateException(
                    "%s was started with other conditions: %s. Continue with the same conditions, or name a new folder."
                            .formatted(folder, String.join("; ", different)));
        }
    }

    private List<String> differencesTo(Conditions now) {
        List<String> different = new ArrayList<>();
        compare("training", stages, now.stages, different);
        compare("base model", baseModel, now.baseModel, different);
        compare("threads", threads, now.threads, different);
        compare("seed", seed, now.seed, different);
        compare("the program's classes", classes, now.classes, different);
        return different;
    }

    private static void compare(String what, Object begun, Object now, List<String> different) {
        if (!Objects.equals(begun, now)) {
            different.add("%s was %s, now %s".formatted(what, begun, now));
        }
    }

    /**
     * Digest of the names and checksums of all classes and resources, in the order of the class
     * path and of the names. A jar that is packed again from the same files gives the same digest.
     */
    static String classes(String classPath) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            List<String> files =
                    Files.isDirectory(path) ? filesOf(path) : Files.exists(path) ? entriesOf(path) : List.of();
            files.stream().sorted().forEach(line -> lines.append(line).append('\n'));
        }
        return Sha256.of(lines.toString());
    }

    private static List<String> filesOf(Path folder) throws IOException {
        List<Path> files;
        try (var all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
            CRC32 sum = new CRC32();
            try (InputStream in = new CheckedInputStream(Files.newInputStream(file), sum)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            lines.add(folder.relativize(file) + " " + sum.getValue());
        }
        return lines;
    }

    private static List<String> entriesOf(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return Collections.list(zip.entries()).stream()
                    .map(entry -> entry.getName() + " " + entry.getCrc())
                    .toList();
        }
    }
}
