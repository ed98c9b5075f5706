package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * What the file system says of an artifact's files without reading them: while it stays the same,
 * bytes that were verified once by this process need not be read again.
 */
final class Stat {
    private Stat() {}

    static String of(Path folder, Manifest manifest) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Manifest.Entry entry : manifest.files()) {
            Path file = folder.resolve(entry.path());
            if (!Files.exists(file)) {
                throw new CorruptArtifactException(file + ": missing");
            }
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            text.append(attributes.size())
                    .append(' ')
                    .append(attributes.lastModifiedTime())
                    .append(' ')
                    .append(attributes.fileKey())
                    .append('\n');
        }
        return text.toString();
    }
}
