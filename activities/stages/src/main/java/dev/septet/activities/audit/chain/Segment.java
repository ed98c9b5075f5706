package dev.septet.activities.audit.chain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file of the log. The file name is the byte offset of the file in the log as a whole. So one
 * number addresses a place in the log, and rotation and retention do not change it.
 *
 * @param base offset of its first byte
 */
public record Segment(long base, Path file) {
    private static final Pattern NAME = Pattern.compile("audit-([0-9]{15})\\.jsonl");

    /** The file that begins at this offset. */
    static Segment at(Path folder, long base) {
        return new Segment(base, folder.resolve(String.format(Locale.ROOT, "audit-%015d.jsonl", base)));
    }

    /** The folder's files of the log, oldest first. */
    public static List<Segment> in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Segment::named)
                    .flatMap(Optional::stream)
                    .sorted(Comparator.comparingLong(Segment::base))
                    .toList();
        }
    }

    /** Offset behind its last byte. */
    public long end() throws IOException {
        return base + Files.size(file);
    }

    private static Optional<Segment> named(Path file) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        return name.matches() ? Optional.of(new Segment(Long.parseLong(name.group(1)), file)) : Optional.empty();
    }
}
