package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Folders for files before they are moved into a store: {@code @<process>/<scope>/<attempt>/...}.
 * The folders of a dead attempt are removed when the next attempt begins on this machine. The
 * folders of a dead process are removed when any process removes leftovers.
 */
public final class Scratch {
    /**
     * An earlier version did not record the process. No process of that version writes for longer
     * than this.
     */
    private static final Duration OLD = Duration.ofDays(7);

    private final LiveProcesses processes;
    private final Disk disk;

    public Scratch(Path root, Disk disk) {
        this.processes = new LiveProcesses(root);
        this.disk = disk;
    }

    /** The processes that use these folders. */
    LiveProcesses processes() {
        return processes;
    }

    /** Removes the folders of earlier attempts of the scope. */
    void open(Fence fence) throws IOException {
        String scope = StoreNames.encoded(fence.scope());
        List<Path> places = new ArrayList<>(processes.folders());
        places.add(processes.own().resolveSibling(""));
        for (Path place : places) {
            Path attempts = place.resolve(scope);
            if (Files.isDirectory(attempts)) {
                for (Path attempt : listed(attempts)) {
                    if (FencingToken.parse(attempt.getFileName().toString()).isBefore(fence.token())) {
                        disk.remove(attempt);
                    }
                }
                removeIfEmpty(attempts);
            }
        }
    }

    /** A new, empty folder. */
    public Path folder(Fence fence) throws IOException {
        while (true) {
            Path own = own(fence);
            try {
                disk.folder(own);
                return Files.createTempDirectory(own, "");
            } catch (NoSuchFileException | FileAlreadyExistsException removedMeanwhile) {
                // Another thread of this attempt has removed its own folder at the same time.
                if (Files.isRegularFile(own)) {
                    throw removedMeanwhile;
                }
            }
        }
    }

    /** Removes a folder that is no longer needed. */
    public void giveBack(Path folder, Fence fence) throws IOException {
        disk.remove(folder);
        if (removeIfEmpty(own(fence))) {
            removeIfEmpty(own(fence).resolveSibling(""));
        }
    }

    /** Removes all folders of this attempt. */
    void release(Fence fence) throws IOException {
        disk.remove(own(fence));
        removeIfEmpty(own(fence).resolveSibling(""));
    }

    /** The folders of dead processes. */
    List<Path> left() throws IOException {
        List<Path> left = new ArrayList<>(processes.dead());
        Instant old = Instant.now().minus(OLD);
        for (Path folder : processes.unmarked()) {
            if (Files.getLastModifiedTime(folder).toInstant().isBefore(old)) {
                left.add(folder);
            }
        }
        return left;
    }

    private Path own(Fence fence) throws IOException {
        return processes
                .own()
                .resolve(StoreNames.encoded(fence.scope()))
                .resolve(fence.token().toString());
    }

    private static boolean removeIfEmpty(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
            return true;
        } catch (DirectoryNotEmptyException used) {
            return false;
        }
    }

    private static List<Path> listed(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        } catch (NoSuchFileException missing) {
            return List.of();
        }
    }
}
