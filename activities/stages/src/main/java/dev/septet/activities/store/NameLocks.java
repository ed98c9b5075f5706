package dev.septet.activities.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Locks by name among all threads and processes of a machine. Each name locks one byte of a single
 * empty file, so a million names need only one file. The operating system releases a dead process's
 * locks.
 */
final class NameLocks {
    private static final String FILE = ".locks";

    /**
     * The instances by file. A process has one instance per file, because file locks belong to the
     * whole process.
     */
    private static final ConcurrentMap<Path, NameLocks> OPEN = new ConcurrentHashMap<>();

    private static final long LONGEST_NAP_NANOS = 5_000_000;

    private final Path file;
    private final Map<Long, Waiting> waiting = new HashMap<>();
    private FileChannel channel;

    /**
     * The lock among threads of this process that use one name; file locks do not exclude each
     * other within a process.
     */
    private static final class Waiting extends ReentrantLock {
        private static final long serialVersionUID = 1;
        int threads;
    }

    private NameLocks(Path file) throws IOException {
        this.file = file;
        channel = opened(file);
    }

    /** The locks of a folder. A missing folder is created. */
    static NameLocks in(Path folder) throws IOException {
        FileModes.OWNER.folder(folder);
        Path file = folder.resolve(FILE).toAbsolutePath().normalize();
        NameLocks locks = OPEN.get(file);
        if (locks == null) {
            NameLocks added = new NameLocks(file);
            NameLocks other = OPEN.putIfAbsent(file, added);
            locks = other == null ? added : other;
        }
        return locks;
    }

    /** Runs work while no other thread or process holds the lock of this name. */
    <R> R locked(String name, Storage.Work<R> work) throws IOException {
        long place = place(name);
        Waiting own = enter(place);
        own.lock();
        try (FileLock lock = acquire(place)) {
            if (!lock.isValid()) {
                throw new IOException("lost the lock on " + file);
            }
            return work.run();
        } finally {
            own.unlock();
            release(place, own);
        }
    }

    /**
     * Takes the lock by repeated attempts instead of a blocking call. An interrupt of a blocking
     * call would close the channel, and release every lock of this process.
     */
    private FileLock acquire(long place) throws IOException {
        for (long pause = 100_000; ; pause = Math.min(LONGEST_NAP_NANOS, 2 * pause)) {
            try {
                FileLock lock = current().tryLock(place, 1, false);
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException sameProcess) {
                // Another class loader's copy of this class holds it.
            }
            LockSupport.parkNanos(pause);
        }
    }

    /**
     * The open channel. It is opened again when the store was deleted and created again, because
     * the file is then another one.
     */
    private synchronized FileChannel current() throws IOException {
        if (!channel.isOpen() || Files.notExists(file)) {
            FileModes.OWNER.folder(file.resolveSibling(""));
            channel = opened(file);
        }
        return channel;
    }

    private synchronized Waiting enter(long place) {
        Waiting own = waiting.computeIfAbsent(place, any -> new Waiting());
        own.threads++;
        return own;
    }

    private synchronized void release(long place, Waiting own) {
        own.threads--;
        if (own.threads == 0) {
            waiting.remove(place);
        }
    }

    private static FileChannel opened(Path file) throws IOException {
        return FileModes.OWNER.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** The byte to lock: 62 bits of the name's digest, because a file position has no more bits. */
    private static long place(String name) {
        return Long.parseUnsignedLong(Sha256.of(name).substring(0, 16), 16) >>> 2;
    }
}
