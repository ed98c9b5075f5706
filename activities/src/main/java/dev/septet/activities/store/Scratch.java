package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Folders for files on their way into a store: {@code <scope>/<attempt>/...}. What a dead attempt
 * left is removed when the next one begins on this machine.
 */
final class Scratch {
    private final Path root;
    private final Disk disk;

    Scratch(Path root, Disk disk) {
        this.root = root;
        this.disk = disk;
    }

    /** Removes what earlier attempts of the scope left. */
    void open(Fence fence) throws IOException {
        Path attempts = attempts(fence);
        if (Files.isDirectory(attempts)) {
            for (Path attempt : listed(attempts)) {
                if (Integer.parseInt(attempt.getFileName().toString()) < fence.attempt()) {
                    disk.remove(attempt);
                }
            }
        }
    }

    /** A new, empty folder. */
    Path folder(Fence fence) throws IOException {
        Path own = own(fence);
        disk.folder(own);
        return Files.createTempDirectory(own, "");
    }

    /** Removes what this attempt left. */
    void release(Fence fence) throws IOException {
        disk.remove(own(fence));
    }

    private Path own(Fence fence) {
        return attempts(fence).resolve(Integer.toString(fence.attempt()));
    }

    private Path attempts(Fence fence) {
        return root.resolve(Names.encoded(fence.scope()));
    }

    private static List<Path> listed(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        }
    }
}
