package dev.septet.workers.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The executable that Septet caches in the user's data folder, with its SHA-256 beside it. A
 * damaged file is detected and downloaded again.
 */
record CachedBinary(Path folder) implements BinarySource {
    private Path binary() {
        return folder.resolve("temporal");
    }

    private Path digest() {
        return folder.resolve("temporal.sha256");
    }

    @Override
    public Optional<Path> find(Consumer<String> notes) {
        if (!Files.exists(binary())) {
            return Optional.empty();
        }
        try {
            if (Files.exists(digest()) && Files.readString(digest()).strip().equals(DownloadDigest.of(binary()))) {
                return Optional.of(binary());
            }
        } catch (IOException unreadable) {
            // Reported below: the file cannot be trusted.
        }
        notes.accept(binary() + " is damaged; fetching it again");
        return Optional.empty();
    }

    /**
     * Writes these bytes to the cache. A reader sees the old file, the new file or none, but never
     * a partial file.
     */
    Path store(InputStream bytes) throws IOException {
        Files.createDirectories(folder);
        Path temporary = Files.createTempFile(folder, "temporal", ".new");
        try {
            Files.copy(bytes, temporary, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path sum = Files.createTempFile(folder, "sha256", ".new");
            Files.writeString(sum, DownloadDigest.of(temporary) + "\n");
            Files.move(temporary, binary(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Files.move(sum, digest(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return binary();
    }
}
