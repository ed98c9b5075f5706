package dev.septet.activities.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Small texts by name, one file each; a record's name may also be the prefix of others. */
final class Records {
    static final String SUFFIX = ".record";

    private final Path folder;
    private final Disk disk;
    private final StoredFiles stored;

    Records(Path folder, Disk disk, StoredFiles stored) {
        this.folder = folder;
        this.disk = disk;
        this.stored = stored;
    }

    Optional<String> read(String name) throws IOException {
        try {
            Path file = file(name);
            return Optional.of(stored.plain(Files.readString(file), file.toString(), StoredFiles.recordPlace(name)));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /** The bytes of a record in the store. */
    byte[] bytes(String name, String text) {
        return stored.encryption()
                .encrypted(text, StoredFiles.recordPlace(name))
                .getBytes(StandardCharsets.UTF_8);
    }

    List<String> names(String prefix) throws IOException {
        Path start = folder;
        String[] segments = prefix.split("/", -1);
        for (int i = 0; i < segments.length - 1; i++) {
            start = start.resolve(StoreNames.encoded(segments[i]));
        }
        if (!Files.isDirectory(start)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(start)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .map(this::name)
                    .filter(name -> name.startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }

    void replace(String name, Path text) throws IOException {
        Path file = file(name);
        Path parent = file.getParent();
        if (parent != null) {
            disk.folder(parent);
        }
        disk.move(text, file);
    }

    private Path file(String name) {
        return folder.resolve(path(name) + SUFFIX);
    }

    /**
     * The path of a record without its suffix.
     *
     * @throws IllegalArgumentException when a part of the name is empty
     */
    static String path(String name) {
        StringBuilder path = new StringBuilder();
        for (String segment : name.split("/", -1)) {
            if (segment.isEmpty()) {
                throw new IllegalArgumentException("a record's name has no empty part: " + name);
            }
            path.append(path.isEmpty() ? "" : "/").append(StoreNames.encoded(segment));
        }
        return path.toString();
    }

    /** The name of the record at a path. */
    static String name(String path) {
        StringBuilder name = new StringBuilder();
        for (String segment : path.split("/", -1)) {
            name.append(name.isEmpty() ? "" : "/").append(StoreNames.decoded(segment));
        }
        return name.toString();
    }

    private String name(Path file) {
        String path = folder.relativize(file).toString().replace('\\', '/');
        return name(path.substring(0, path.length() - SUFFIX.length()));
    }
}
