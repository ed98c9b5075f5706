package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The file system's metadata of an artifact's files. While it is unchanged, this process need not
 * read files again that it has verified once.
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
