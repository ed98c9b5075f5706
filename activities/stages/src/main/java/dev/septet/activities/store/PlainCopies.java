package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decrypted copies of encrypted files of the store, for this process alone, because libraries open
 * files by path. They are in the process's scratch folder and are removed at the end of the
 * process. After a kill, the next process that searches for leftovers removes them.
 */
final class PlainCopies {
    private static final String FOLDER = ".plain";

    private final LiveProcesses processes;
    private final Disk disk;
    private final CacheBound bound;
    private final Clock clock;
    private @Nullable Path cacheFolder;
    private @Nullable ArtifactCache cache;

    /** Writes decrypted files into a folder. */
    @FunctionalInterface
    interface Filling {
        void fill(Path folder) throws IOException;
    }

    PlainCopies(LiveProcesses processes, Disk disk, CacheBound bound, Clock clock) {
        this.processes = processes;
        this.disk = disk;
        this.bound = bound;
        this.clock = clock;
    }

    /**
     * An artifact's decrypted files; written by the first call, and again when they are damaged.
     */
    Path artifact(Manifest manifest, Filling filling) throws IOException {
        String digest = manifest.digest();
        return NameLocks.in(home()).locked("artifact " + digest, () -> {
            Optional<Path> here = cache().files(digest);
            return here.isPresent() ? here.get() : filled(manifest, filling);
        });
    }

    /** Moves a folder with {@code files/} and the manifest, decrypted, to its final place. */
    Path take(Manifest manifest, Path incoming) throws IOException {
        String digest = manifest.digest();
        return NameLocks.in(home())
                .locked("artifact " + digest, () -> goneWithTheProcess(cache().take(incoming, digest)));
    }

    private Path filled(Manifest manifest, Filling filling) throws IOException {
        String digest = manifest.digest();
        Path incoming = home().resolve("incoming-" + digest);
        disk.remove(incoming); // the rest of an interrupted call
        try {
            disk.folder(incoming.resolve("files"));
            filling.fill(incoming.resolve("files"));
            disk.write(incoming.resolve(Manifest.FILE), manifest.bytes());
            return goneWithTheProcess(cache().take(incoming, digest));
        } finally {
            disk.remove(incoming);
        }
    }

    /** The folder of a checkpoint's decrypted files; it need not exist. */
    Path checkpoint(String scope, String step) throws IOException {
        return checkpoints(scope).resolve(step);
    }

    /** A checkpoint's decrypted files: the existing ones if they are intact, else new ones. */
    Path checkpoint(String scope, String step, Manifest manifest, Filling filling) throws IOException {
        return NameLocks.in(home()).locked("checkpoints " + scope, () -> {
            Path folder = checkpoint(scope, step);
            if (!isWhole(folder, manifest)) {
                disk.remove(folder);
                fill(folder, filling);
            }
            return folder;
        });
    }

    /** Fills a folder; removes it when that fails. */
    private void fill(Path folder, Filling filling) throws IOException {
        boolean filled = false;
        try {
            disk.folder(folder);
            filling.fill(folder);
            goneWithTheProcess(folder);
            filled = true;
        } finally {
            if (!filled) {
                disk.remove(folder);
            }
        }
    }

    /** Moves a folder with a checkpoint's decrypted files to its final place. */
    Path take(String scope, String step, Path incoming) throws IOException {
        return NameLocks.in(home()).locked("checkpoints " + scope, () -> {
            Path folder = checkpoint(scope, step);
            disk.folder(checkpoints(scope));
            disk.remove(folder);
            disk.move(incoming, folder);
            return goneWithTheProcess(folder);
        });
    }

    /** Removes a checkpoint's decrypted files. */
    void remove(String scope, String step) throws IOException {
        disk.remove(checkpoint(scope, step));
    }

    /** Removes the decrypted files of all of a scope's checkpoints. */
    void remove(String scope) throws IOException {
        disk.remove(checkpoints(scope));
    }

    /** The folder of the decrypted files of a scope's checkpoints. */
    Path checkpoints(String scope) throws IOException {
        return home().resolve("checkpoints").resolve(StoreNames.encoded(scope));
    }

    private Path home() throws IOException {
        return processes.own().resolve(FOLDER);
    }

    private synchronized ArtifactCache cache() throws IOException {
        Path folder = home().resolve("artifacts");
        ArtifactCache known = cache;
        if (known == null || !folder.equals(cacheFolder)) {
            cacheFolder = folder;
            known = new ArtifactCache(folder, disk, bound.bytes(), bound.rest(), clock);
            cache = known;
        }
        return known;
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

    /**
     * Registers files for removal at the end of the process. The JVM removes them after all
     * shutdown hooks, so that a training that saves its last checkpoint still has them. Folders are
     * registered first, because they are removed last.
     */
    Path goneWithTheProcess(Path folder) throws IOException {
        Path home = home();
        for (int names = home.getNameCount(); names < folder.getNameCount(); names++) {
            folder.getRoot().resolve(folder.subpath(0, names)).toFile().deleteOnExit();
        }
        home.resolve(".locks").toFile().deleteOnExit();
        Path artifact = folder.endsWith("files") ? folder.resolveSibling("") : folder;
        try (Stream<Path> all = Files.walk(artifact)) {
            all.forEach(path -> path.toFile().deleteOnExit());
        }
        return folder;
    }
}
