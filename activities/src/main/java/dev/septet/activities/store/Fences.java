package dev.septet.activities.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which attempt of a scope may write. The newest attempt's number is in a file; a lock on a second
 * file is held from the check to the end of the commit, so that no takeover falls between them.
 */
final class Fences {
    /** A file lock belongs to the whole process: threads of one process need this as well. */
    private static final ConcurrentMap<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

    private final Path folder;
    private final Disk disk;

    /** A commit, made while the fence is held. */
    @FunctionalInterface
    interface Commit<R> {
        R run() throws IOException;
    }

    Fences(Path folder, Disk disk) {
        this.folder = folder;
        this.disk = disk;
    }

    void open(Fence fence) throws IOException {
        locked(
                fence.scope(),
                () -> {
                    int newest = check(fence);
                    if (newest < fence.attempt()) {
                        Path next = file(fence, ".next");
                        disk.write(
                                next,
                                Integer.toString(fence.attempt()).getBytes(StandardCharsets.UTF_8));
                        disk.move(next, file(fence, ".fence"));
                    }
                    return newest;
                });
    }

    <R> R holding(Fence fence, Commit<R> commit) throws IOException {
        return locked(
                fence.scope(),
                () -> {
                    check(fence);
                    return commit.run();
                });
    }

    private int check(Fence fence) throws IOException {
        Path file = file(fence, ".fence");
        int newest = Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
        if (newest > fence.attempt()) {
            throw new FencedException(fence, newest);
        }
        return newest;
    }

    /** Alone, among all threads and processes that lock the same name. */
    <R> R locked(String name, Commit<R> commit) throws IOException {
        FileModes.OWNER.folder(folder);
        Path file = folder.resolve(Names.encoded(name) + ".lock").toAbsolutePath();
        ReentrantLock lock = IN_PROCESS.computeIfAbsent(file, any -> new ReentrantLock());
        lock.lock();
        try (FileChannel channel =
                        FileModes.OWNER.open(
                                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            if (!held.isValid()) {
                throw new IOException("lost the lock on " + file);
            }
            return commit.run();
        } finally {
            lock.unlock();
        }
    }

    private Path file(Fence fence, String suffix) {
        return folder.resolve(Names.encoded(fence.scope()) + suffix);
    }
}
