package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decrypted, verified copies of sets that are in a bucket or encrypted. They are needed because
 * libraries open files by their paths.
 *
 * <pre>
 * artifacts/&lt;sha256&gt;/manifest.json, files/...
 * artifacts/&lt;sha256&gt;/used               its time is that of the last request
 * checkpoints/&lt;scope&gt;/&lt;name&gt;/...
 * </pre>
 *
 * Copies of an unencrypted store belong to the machine. Copies of an encrypted store belong to one
 * process: they are in its scratch folder and are removed when it ends. After a kill, the next
 * process that removes leftovers removes them. When artifacts exceed the bound, the least recently
 * requested ones are removed first. Artifacts that were requested within a day stay, because they
 * may be in use.
 */
public final class Copies {
    private static final String OF_PROCESS = ".plain";
    private static final String USED = "used";

    private final LiveProcesses processes;
    private final @Nullable Path machine;
    private final Disk disk;
    private final AtRest.CacheBound bound;
    private final Clock clock;
    private final ConcurrentMap<String, String> verified = new ConcurrentHashMap<>();

    /** Writes a set's decrypted files into a folder. */
    @FunctionalInterface
    public interface Filling {
        Manifest fill(Path folder) throws IOException;
    }

    private record CachedCopy(Path folder, FileTime used, long bytes) {}

    /**
     * Copies.
     *
     * @param scratch scratch folders for incomplete copies
     * @param machine folder of the machine's copies; null = they belong to this process
     */
    public Copies(Scratch scratch, @Nullable Path machine, Disk disk, AtRest.CacheBound bound, Clock clock) {
        this.processes = scratch.processes();
        this.machine = machine;
        this.disk = disk;
        this.bound = bound;
        this.clock = clock;
    }

    /** An artifact's files: the existing copy if it is undamaged, otherwise a new one. */
    public Path artifact(FileSets.Key key, Filling filling) throws IOException {
        return locks().locked(key.lock(), () -> {
            Optional<Path> cached = whole(key.name());
            return cached.isPresent() ? cached.get() : filled(key, filling);
        });
    }

    /** Moves a folder with an artifact's {@code files/} and manifest to the copies. */
    public Path takeArtifact(FileSets.Key key, Path incoming) throws IOException {
        return locks().locked(key.lock(), () -> kept(key.name(), incoming));
    }

    /** A checkpoint's files: the existing copy if it is undamaged, otherwise a new one. */
    public Path checkpoint(FileSets.Key key, Manifest manifest, Filling filling) throws IOException {
        return locks().locked(key.lock(), () -> {
            Path folder = checkpoint(key);
            return isWhole(folder, manifest) ? folder : filled(key, filling);
        });
    }

    /** Moves a folder with a checkpoint's files to the copies. */
    public Path takeCheckpoint(FileSets.Key key, Path incoming) throws IOException {
        return locks().locked(key.lock(), () -> replaced(key, incoming));
    }

    /** Removes an artifact's files. The caller may hold the lock of the artifact. */
    public void removeArtifact(FileSets.Key key) throws IOException {
        verified.remove(key.name());
        Path folder = artifacts().resolve(key.name());
        disk.remove(folder.resolve(Manifest.FILE)); // so that no partial copy counts as complete
        disk.remove(folder);
    }

    /** Removes a checkpoint's files. */
    public void remove(FileSets.Key key) throws IOException {
        disk.remove(checkpoint(key));
    }

    /** Removes the files of all checkpoints in a folder. */
    public void remove(String checkpoints) throws IOException {
        disk.remove(folder().resolve(checkpoints));
    }

    private Path filled(FileSets.Key key, Filling filling) throws IOException {
        Path incoming = processes.own().resolve(OF_PROCESS).resolve("incoming-" + Sha256.of(key.lock()));
        disk.remove(incoming); // what an interrupted call left
        try {
            Path files = key.isArtifact() ? incoming.resolve("files") : incoming;
            disk.folder(files);
            Manifest manifest = filling.fill(files);
            if (!key.isArtifact()) {
                return replaced(key, incoming);
            }
            disk.write(incoming.resolve(Manifest.FILE), manifest.bytes());
            return kept(key.name(), incoming);
        } finally {
            disk.remove(incoming);
        }
    }

    /** An artifact's existing undamaged copy; a damaged copy is removed. */
    private Optional<Path> whole(String digest) throws IOException {
        Path folder = artifacts().resolve(digest);
        Path files = folder.resolve("files");
        if (!Files.isRegularFile(folder.resolve(Manifest.FILE), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            Manifest manifest = Manifest.read(folder.resolve(Manifest.FILE), digest);
            String state = manifest.state(files);
            if (!state.equals(verified.get(digest))) {
                manifest.verify(files);
                verified.put(digest, state);
            }
        } catch (CorruptArtifactException damaged) {
            disk.remove(folder);
            return Optional.empty();
        }
        touch(folder);
        return Optional.of(files);
    }

    private Path kept(String digest, Path incoming) throws IOException {
        Path folder = artifacts().resolve(digest);
        if (Files.notExists(folder.resolve(Manifest.FILE))) {
            disk.remove(folder); // a copy whose removal was interrupted
            disk.folder(artifacts());
            disk.move(incoming, folder);
        }
        touch(folder);
        trim();
        owned(folder);
        return folder.resolve("files");
    }

    private Path replaced(FileSets.Key key, Path incoming) throws IOException {
        Path folder = checkpoint(key);
        disk.folder(folder.resolveSibling(""));
        disk.remove(folder);
        disk.move(incoming, folder);
        owned(folder);
        return folder;
    }

    private void touch(Path folder) throws IOException {
        Path used = folder.resolve(USED);
        if (Files.notExists(used)) {
            disk.write(used, new byte[0]);
        }
        Files.setLastModifiedTime(used, FileTime.from(clock.instant()));
    }

    private void trim() throws IOException {
        List<CachedCopy> oldest = oldestFirst();
        long total = oldest.stream().mapToLong(CachedCopy::bytes).sum();
        FileTime cutoff = FileTime.from(clock.instant().minus(bound.idle()));
        for (CachedCopy artifact : oldest) {
            if (total <= bound.bytes() || artifact.used().compareTo(cutoff) > 0) {
                return;
            }
            disk.remove(artifact.folder().resolve(Manifest.FILE)); // so that no partial copy counts as complete
            disk.remove(artifact.folder());
            total -= artifact.bytes();
        }
    }

    /** The copied artifacts, the least recently requested one first. */
    private List<CachedCopy> oldestFirst() throws IOException {
        List<CachedCopy> copies = new ArrayList<>();
        try (Stream<Path> folders = Files.list(artifacts())) {
            for (Path folder : folders.sorted().toList()) {
                Path manifest = folder.resolve(Manifest.FILE);
                Path used = folder.resolve(USED);
                if (!Files.exists(manifest) || !Files.exists(used)) {
                    continue;
                }
                try {
                    long bytes = Manifest.parse(manifest, Files.readAllBytes(manifest))
                            .sizeBytes();
                    copies.add(new CachedCopy(folder, Files.getLastModifiedTime(used), bytes));
                } catch (NoSuchFileException removed) {
                    // Another process or thread, which holds the lock of another artifact, has just removed it.
                }
            }
        }
        copies.sort(Comparator.comparing(CachedCopy::used));
        return copies;
    }

    /**
     * The JVM removes a process's copies after all shutdown hooks have ended, because a training
     * that is ending still needs them. Folders are registered first, so they are removed last.
     */
    private void owned(Path folder) throws IOException {
        if (machine != null) {
            return;
        }
        Path parent = folder();
        for (int names = parent.getNameCount(); names < folder.getNameCount(); names++) {
            folder.getRoot().resolve(folder.subpath(0, names)).toFile().deleteOnExit();
        }
        parent.resolve(".locks").toFile().deleteOnExit();
        try (Stream<Path> all = Files.walk(folder)) {
            all.forEach(path -> path.toFile().deleteOnExit());
        }
    }

    private static boolean isWhole(Path folder, Manifest manifest) throws IOException {
        try {
            if (!Files.isDirectory(folder)) {
                return false;
            }
            manifest.verify(folder);
            return true;
        } catch (CorruptArtifactException incomplete) {
            return false;
        }
    }

    private NameLocks locks() throws IOException {
        return NameLocks.in(machine == null ? folder() : machine.resolve("locks"));
    }

    private Path artifacts() throws IOException {
        return folder().resolve("artifacts");
    }

    private Path checkpoint(FileSets.Key key) throws IOException {
        return folder().resolve(key.folder()).resolve(key.name());
    }

    private Path folder() throws IOException {
        return machine == null ? processes.own().resolve(OF_PROCESS) : machine;
    }
}
