package dev.septet.activities.backup;

import dev.septet.activities.store.Disk;
import dev.septet.activities.store.FileModes;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files in a folder.
 *
 * @param root the folder; it need not exist yet
 */
public record FolderPlace(Path root, Disk disk) implements FilePlace {
    private static final String LOCK = "lock";

    public FolderPlace {
        root = root.toAbsolutePath().normalize();
    }

    @Override
    public String at(String name) {
        return root.resolve(name).toString();
    }

    @Override
    public List<Found> list(String prefix) throws IOException {
        Path folder = root.resolve(prefix.substring(0, prefix.lastIndexOf('/') + 1));
        List<Found> found = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
                String name = root.relativize(file).toString().replace('\\', '/');
                if (is.isRegularFile() && name.startsWith(prefix) && !name.startsWith(TEMPORARY)) {
                    found.add(new Found(
                            name, is.size(), is.lastModifiedTime().toInstant().toString()));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                return gone(failure);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, @Nullable IOException failure) throws IOException {
                return failure == null ? FileVisitResult.CONTINUE : gone(failure);
            }

            /** Another process may remove files meanwhile. */
            private FileVisitResult gone(IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
        found.sort(Comparator.comparing(Found::name));
        return found;
    }

    @Override
    public InputStream open(String name) throws IOException {
        return Files.newInputStream(root.resolve(name));
    }

    @Override
    public Path temporary(Disk.Content content) throws IOException {
        return FilePlace.write(disk, root.resolve(TEMPORARY), content);
    }

    @Override
    public void put(String name, Path temporary, String sha256) throws IOException {
        Path file = root.resolve(name);
        disk.folder(file.resolveSibling(""));
        disk.move(temporary, file);
    }

    @Override
    public void delete(String name) throws IOException {
        disk.remove(root.resolve(name));
    }

    /** Removes what killed writers left, because it belongs to nobody while the lock is held. */
    @Override
    public Closeable lock() throws IOException {
        disk.folder(root);
        @Nullable
        FileChannel channel =
                FileModes.OWNER.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                disk.remove(root.resolve(TEMPORARY));
                FileChannel locked = channel;
                channel = null;
                return locked;
            }
        } catch (OverlappingFileLockException sameProcess) {
            // The same as if another process held it.
        } finally {
            if (channel != null) {
                channel.close();
            }
        }
        throw new BackupProblem("another backup is being written to %s; wait for its end".formatted(root));
    }
}
