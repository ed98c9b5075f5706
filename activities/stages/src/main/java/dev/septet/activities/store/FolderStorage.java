package dev.septet.activities.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Texts in a folder, one file for each. A text is written to a scratch file and forced to the
 * device. Then the file is moved to its name atomically, while the fence is held.
 */
final class FolderStorage implements Storage {
    private final Path root;
    private final Disk disk;
    private final Fences fences;
    private final Scratch scratch;

    FolderStorage(Path root, Disk disk, Fences fences, Scratch scratch) {
        this.root = root;
        this.disk = disk;
        this.fences = fences;
        this.scratch = scratch;
    }

    @Override
    public Fences fences() {
        return fences;
    }

    @Override
    public String at(String name) {
        return root.resolve(name).toString();
    }

    @Override
    public Optional<String> get(String name) throws IOException {
        try {
            return Optional.of(new String(Files.readAllBytes(root.resolve(name)), StandardCharsets.UTF_8));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /**
     * The depth limit leaves out the files of artifacts and of folders in checkpoints, which are
     * deeper than texts.
     */
    @Override
    public List<String> list(String folder) throws IOException {
        int deepest = folder.startsWith(StoreNames.ARTIFACTS)
                ? 2
                : folder.startsWith(StoreNames.CHECKPOINTS) ? 3 : Integer.MAX_VALUE;
        List<String> names = new ArrayList<>();
        walk(folder, deepest, (name, attributes) -> names.add(name));
        names.sort(null);
        return names;
    }

    private void walk(String folder, int deepest, BiConsumer<String, BasicFileAttributes> found) throws IOException {
        walk(
                root.resolve(folder),
                deepest,
                (file, attributes) ->
                        found.accept(root.relativize(file).toString().replace('\\', '/'), attributes));
    }

    /** Visits all regular files, and passes over what another process removes meanwhile. */
    static void walk(Path folder, int deepest, BiConsumer<Path, BasicFileAttributes> found) throws IOException {
        Files.walkFileTree(folder, Set.of(), deepest, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    found.accept(file, attributes);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                return passedOver(failure);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, @Nullable IOException failure) throws IOException {
                return failure == null ? FileVisitResult.CONTINUE : passedOver(failure);
            }
        });
    }

    @Override
    public void put(String name, String text, Fence fence) throws IOException {
        String place = String.valueOf(StoreNames.place(name));
        fences.locked(place, () -> write(name, text, fence, () -> true)); // a removal of an old text checks and removes
    }

    @Override
    public List<Used> entries(String folder) throws IOException {
        List<Used> entries = new ArrayList<>();
        walk(
                folder,
                Integer.MAX_VALUE,
                (name, attributes) -> entries.add(new Used(
                        name, attributes.size(), attributes.lastModifiedTime().toInstant())));
        entries.sort(Comparator.comparing(Used::name));
        return entries;
    }

    @Override
    public boolean renew(String name) throws IOException {
        Path file = root.resolve(name);
        try {
            if (!Used.isStale(Files.getLastModifiedTime(file).toInstant())) {
                return true;
            }
            return fences.locked(String.valueOf(StoreNames.place(name)), () -> renewed(file));
        } catch (FileSystemException absentOrReadOnly) {
            return Files.exists(file);
        }
    }

    /** Sets the time of a file or folder to now; nothing where this process may only read. */
    static boolean renewed(Path file) throws IOException {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return true;
        } catch (NoSuchFileException absent) {
            return false;
        } catch (FileSystemException readOnly) {
            return Files.exists(file);
        }
    }

    @Override
    public boolean removeIf(String name, Instant before, Fence fence) throws IOException {
        Path file = root.resolve(name);
        return fences.locked(
                String.valueOf(StoreNames.place(name)),
                () -> fences.holding(fence, () -> {
                    if (Files.notExists(file)) {
                        return true;
                    }
                    if (!Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                        return false;
                    }
                    disk.remove(file);
                    return true;
                }));
    }

    @Override
    public boolean putIf(String name, Expected expected, String text, Fence fence) throws IOException {
        String place = String.valueOf(StoreNames.place(name));
        return fences.locked(place, () -> write(name, text, fence, () -> expected.test(get(name))));
    }

    @Override
    public boolean putIf(String name, Optional<String> expected, String text) throws IOException {
        return fences.locked("marker " + name, () -> {
            if (!get(name).equals(expected)) {
                return false;
            }
            Path next = root.resolve(name + ".new");
            disk.write(next, text.getBytes(StandardCharsets.UTF_8));
            disk.move(next, root.resolve(name));
            return true;
        });
    }

    private boolean write(String name, String text, Fence fence, Storage.Work<Boolean> may) throws IOException {
        Path incoming = scratch.folder(fence);
        try {
            Path next = incoming.resolve("text");
            disk.write(next, text.getBytes(StandardCharsets.UTF_8));
            return fences.holding(fence, () -> {
                boolean allowed = may.run();
                if (allowed) {
                    Path file = root.resolve(name);
                    disk.folder(file.resolveSibling(""));
                    disk.move(next, file);
                }
                return allowed;
            });
        } finally {
            scratch.giveBack(incoming, fence);
        }
    }

    private static FileVisitResult passedOver(IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE; // another process has removed it
        }
        throw failure;
    }
}
