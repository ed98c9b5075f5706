package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * Verified copies of artifacts on this machine: {@code <sha256>/manifest.json}, {@code
 * <sha256>/files/...} and {@code <sha256>/used}, whose time stamp is the last use. When the cache
 * exceeds its size limit, the least recently used artifacts are removed first. Artifacts that were
 * used within a day may be in use and stay.
 */
final class ArtifactCache {
    private static final String USED = "used";

    private final Path root;
    private final Disk disk;
    private final long bound;
    private final Duration rest;
    private final Clock clock;
    private final ConcurrentMap<String, String> verified = new ConcurrentHashMap<>();

    private record Kept(Path folder, FileTime used, long bytes) {}

    /**
     * Opens a cache.
     *
     * @param bound size limit in bytes
     * @param rest minimum time that an artifact stays after its last use
     */
    ArtifactCache(Path root, Disk disk, long bound, Duration rest, Clock clock) {
        this.root = root;
        this.disk = disk;
        this.bound = bound;
        this.rest = rest;
        this.clock = clock;
    }

    /** An artifact's files, if they are present and intact; damaged files are removed. */
    Optional<Path> files(String digest) throws IOException {
        Path folder = root.resolve(digest);
        Path files = folder.resolve("files");
        if (!Files.isRegularFile(folder.resolve(Manifest.FILE), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            Manifest manifest = Manifest.read(folder.resolve(Manifest.FILE), digest);
            String state = Stat.of(files, manifest);
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

    /**
     * Moves a folder with {@code files/} and the manifest into the cache.
     *
     * @return the files' new path
     */
    Path take(Path incoming, String digest) throws IOException {
        Path folder = root.resolve(digest);
        if (Files.notExists(folder)) {
            disk.folder(root);
            disk.move(incoming, folder);
        }
        touch(folder);
        trim();
        return folder.resolve("files");
    }

    private void touch(Path folder) throws IOException {
        Path used = folder.resolve(USED);
        if (Files.notExists(used)) {
            disk.write(used, new byte[0]);
        }
        Files.setLastModifiedTime(used, FileTime.from(clock.instant()));
    }

    private void trim() throws IOException {
        List<Kept> kept = kept();
        long total = kept.stream().mapToLong(Kept::bytes).sum();
        FileTime young = FileTime.from(clock.instant().minus(rest));
        for (Kept artifact : kept) {
            if (total <= bound || artifact.used().compareTo(young) > 0) {
                return;
            }
            disk.remove(artifact.folder().resolve(Manifest.FILE)); // so that no partial artifact counts as complete
            disk.remove(artifact.folder());
            total -= artifact.bytes();
        }
    }

    /** The cached artifacts, least recently used first. */
    private List<Kept> kept() throws IOException {
        List<Kept> kept = new ArrayList<>();
        try (Stream<Path> folders = Files.list(root)) {
            for (Path folder : folders.sorted().toList()) {
                Path manifest = folder.resolve(Manifest.FILE);
                Path used = folder.resolve(USED);
                if (Files.exists(manifest) && Files.exists(used)) {
                    long bytes = Manifest.parse(manifest, Files.readAllBytes(manifest))
                            .sizeBytes();
                    kept.add(new Kept(folder, Files.getLastModifiedTime(used), bytes));
                }
            }
        }
        kept.sort(Comparator.comparing(Kept::used));
        return kept;
    }
}
