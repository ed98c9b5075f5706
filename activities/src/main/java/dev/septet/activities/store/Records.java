package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Small texts by name, one file each; a record may also be the prefix of others. */
final class Records {
    private static final String SUFFIX = ".record";

    private final Path folder;
    private final Disk disk;

    Records(Path folder, Disk disk) {
        this.folder = folder;
        this.disk = disk;
    }

    Optional<String> read(String name) throws IOException {
        try {
            return Optional.of(Files.readString(file(name)));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    List<String> names(String prefix) throws IOException {
        Path start = folder;
        String[] segments = prefix.split("/", -1);
        for (int i = 0; i < segments.length - 1; i++) {
            start = start.resolve(Names.encoded(segments[i]));
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
        Path path = folder;
        String[] segments = name.split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            if (segments[i].isEmpty()) {
                throw new IllegalArgumentException("a record's name has no empty part: " + name);
            }
            String segment = Names.encoded(segments[i]);
            path = path.resolve(i == segments.length - 1 ? segment + SUFFIX : segment);
        }
        return path;
    }

    private String name(Path file) {
        StringBuilder name = new StringBuilder();
        for (Path segment : folder.relativize(file)) {
            String text = segment.toString();
            boolean last = text.endsWith(SUFFIX); // a dot is never in an encoded segment
            name.append(name.isEmpty() ? "" : "/")
                    .append(
                            Names.decoded(
                                    last
                                            ? text.substring(0, text.length() - SUFFIX.length())
                                            : text));
        }
        return name.toString();
    }
}
