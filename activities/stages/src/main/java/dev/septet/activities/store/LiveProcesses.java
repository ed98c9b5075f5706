package dev.septet.activities.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * The processes of this machine that use a folder. Each process has a sub-folder {@code @<token>},
 * and holds a lock on the file {@code .alive} in it as long as it lives, even when it is stopped.
 * The operating system releases the lock of a dead process. No token is used twice.
 */
final class LiveProcesses {
    private static final String MARK = "@";
    private static final String ALIVE = ".alive";

    /** Maximum time from the creation of a process's folder to its lock. */
    private static final Duration BIRTH = Duration.ofHours(1);

    /**
     * This process's folders, by their parent folders. A process has one token per folder, even if
     * it opens several stores there.
     */
    private static final ConcurrentMap<Path, Own> OWN = new ConcurrentHashMap<>();

    /**
     * Tokens of this process. Closing a file that this process has locked would release the lock,
     * so these files are never opened again.
     */
    private static final Set<String> TOKENS = ConcurrentHashMap.newKeySet();

    private final Path root;

    private record Own(String token, FileChannel channel, FileLock lock) {}

    LiveProcesses(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** This process's folder; the first call creates and locks it. */
    synchronized Path own() throws IOException {
        Own own = OWN.get(root);
        if (own == null || Files.notExists(folder(own.token()).resolve(ALIVE))) {
            own = register();
            OWN.put(root, own);
        }
        return folder(own.token());
    }

    /** This process's token in the folder. */
    String token() throws IOException {
        return own().getFileName().toString().substring(MARK.length());
    }

    /** Whether the process with this token is alive. */
    boolean alive(String token) throws IOException {
        if (TOKENS.contains(token)) {
            return true;
        }
        Path file = folder(token).resolve(ALIVE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException sameProcess) {
            return true;
        } catch (NoSuchFileException missing) {
            return isYoung(folder(token));
        }
    }

    /** Folders of all processes, including this one's. */
    List<Path> folders() throws IOException {
        return listed(true);
    }

    /** Folders of dead processes. */
    List<Path> dead() throws IOException {
        List<Path> dead = new ArrayList<>();
        for (Path folder : folders()) {
            if (!alive(folder.getFileName().toString().substring(MARK.length()))) {
                dead.add(folder);
            }
        }
        return dead;
    }

    /** Other folders, which an earlier version created. */
    List<Path> unmarked() throws IOException {
        return listed(false);
    }

    private Own register() throws IOException {
        String token = UUID.randomUUID().toString();
        TOKENS.add(token);
        try {
            return register(token);
        } catch (IOException e) {
            throw DiskFullException.orSame(root, e);
        }
    }

    private Own register(String token) throws IOException {
        FileModes.OWNER.folder(folder(token));
        FileChannel channel = FileModes.OWNER.open(
                folder(token).resolve(ALIVE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new Own(token, channel, channel.lock());
    }

    private List<Path> listed(boolean marked) throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(root)) {
            return all.filter(path -> path.getFileName().toString().startsWith(MARK) == marked)
                    .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
    }

    private Path folder(String token) {
        return root.resolve(MARK + token);
    }

    private static boolean isYoung(Path folder) throws IOException {
        try {
            return Files.getLastModifiedTime(folder)
                    .toInstant()
                    .isAfter(Instant.now().minus(BIRTH));
        } catch (NoSuchFileException missing) {
            return false;
        }
    }
}
