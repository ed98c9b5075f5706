package dev.septet.activities.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
        Files.walkFileTree(root.resolve(folder), Set.of(), deepest, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    names.add(root.relativize(file).toString().replace('\\', '/'));
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
        names.sort(null);
        return names;
    }

    @Override
    public void put(String name, String text, Fence fence) throws IOException {
        write(name, text, fence, () -> true);
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
