package dev.septet.activities.track.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

/** Files that trackers read while they are written again. */
public final class TrackedFiles {
    private TrackedFiles() {}

    /**
     * Replaces a file at once, so that no reader sees half of it. A file with this content stays as it is.
     *
     * @param scratch a folder of this attempt
     */
    public static void replace(Path file, byte[] bytes, Path scratch) throws IOException {
        if (Files.isRegularFile(file)
                && Files.size(file) == bytes.length
                && Arrays.equals(Files.readAllBytes(file), bytes)) {
            return;
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path part = file.resolveSibling("." + file.getFileName() + "." + scratch.getFileName() + ".part");
        try {
            Files.write(part, bytes);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
