package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestCount;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * The store in a local folder.
 *
 * <pre>
 * artifacts/&lt;sha256&gt;/manifest.json    sha256 of these bytes is the folder's name
 * artifacts/&lt;sha256&gt;/files/...         the stored files
 * damaged/&lt;sha256&gt;-&lt;n&gt;                 an artifact that no longer verified when it was stored again
 * checkpoints/&lt;scope&gt;/&lt;step&gt;/...     see {@link #checkpoints}
 * records/&lt;name&gt;.record               small records
 * fences/&lt;scope&gt;.fence, .owner        newest attempt of a scope, its process; removed when it ends
 * scratch/@&lt;process&gt;/&lt;scope&gt;/...      incoming files; removed when the process is dead
 * encrypted                            marker with key checks: see {@link KeyChecks}
 * </pre>
 *
 * An artifact is written to scratch, forced to the device, and moved to its final name atomically.
 *
 * <p>With keys, manifests, files and records are encrypted ({@link StoredFiles}). Readers get
 * decrypted copies, which belong to this process alone ({@link PlainCopies}).
 */
public final class LocalStore implements ArtifactStore {
    private static final String MARKER = "encrypted";

    private final Path root;
    private final Disk disk;
    private final Fences fences;
    private final Records records;
    private final Scratch scratch;
    private final Scratch plainScratch;
    private final StoredFiles stored;
    private final StoredTexts texts;
    private final KeyChecks checks;
    private final PlainCopies copies;
    private final Hourly sweeping = new Hourly();
    private final ConcurrentMap<String, String> verified = new ConcurrentHashMap<>();

    public LocalStore(Path root) {
        this(root, new Disk());
    }

    /** A store with a watched disk; for tests. */
    public LocalStore(Path root, Disk disk) {
        this(root, disk, AtRest.plain());
    }

    LocalStore(Path root, Disk disk, AtRest atRest) {
        this.root = root.toAbsolutePath().normalize();
        this.disk = disk;
        this.scratch = new Scratch(this.root.resolve("scratch"), disk);
        this.fences = new Fences(this.root.resolve("fences"), disk, scratch.processes());
        this.texts = new LocalTexts(this.root);
        this.checks = new KeyChecks(atRest.encryption(), new Marker(this.root.resolve(MARKER), disk, fences), texts);
        this.stored = new StoredFiles(atRest.encryption(), disk, checks);
        this.records = new Records(this.root.resolve("records"), disk, stored);
        this.plainScratch = atRest.scratch() == null ? scratch : new Scratch(atRest.scratch(), disk);
        this.copies = new PlainCopies(plainScratch.processes(), disk, atRest.bound(), Clock.systemUTC());
    }

    /** The store's folder. */
    public Path root() {
        return root;
    }

    @Override
    public CheckpointStore checkpoints() {
        return new LocalCheckpoints(this, disk, fences, stored, copies);
    }

    @Override
    public void open(Fence fence) throws IOException {
        if (sweeping.isDue()) {
            removeLeftovers();
        }
        checks.open();
        fences.open(fence);
        scratch.open(fence);
        plainScratch.open(fence);
    }

    @Override
    public ArtifactRef put(Path folder, Fence fence) throws IOException {
        return put(Manifest.filesBelow(folder), fence);
    }

    @Override
    public ArtifactRef put(Map<String, Path> files, Fence fence) throws IOException {
        checks.open();
        Path incoming = incoming(fence);
        try {
            Manifest manifest = stored.copy(files, incoming.resolve("files"));
            String digest = manifest.digest();
            stored.write(incoming.resolve(Manifest.FILE), manifest, StoredFiles.manifestPlace(digest));
            disk.sync(incoming);
            disk.folder(root.resolve("artifacts"));
            fences.holding(fence, () -> fences.locked("artifact " + digest, () -> publish(incoming, digest)));
            return new ArtifactRef(SCHEME + digest, digest, manifest.sizeBytes());
        } finally {
            gone(incoming, fence);
        }
    }

    @Override
    public Path fetch(ArtifactRef ref) throws IOException {
        Path artifact = artifact(digest(ref));
        Path files = artifact.resolve("files");
        Manifest manifest = stored.manifest(artifact.resolve(Manifest.FILE), ref.sha256());
        if (stored.anyEncrypted(manifest, files)) {
            return copies.artifact(manifest, to -> stored.decrypt(manifest, files, to));
        }
        String state = Stat.of(files, manifest);
        if (!state.equals(verified.get(ref.sha256()))) {
            stored.verify(manifest, files);
            verified.put(ref.sha256(), state);
        }
        return files;
    }

    @Override
    public Optional<String> record(String name) throws IOException {
        return records.read(name);
    }

    @Override
    public List<String> records(String prefix) throws IOException {
        return records.names(prefix);
    }

    @Override
    public void putRecord(String name, String text, Fence fence) throws IOException {
        write(name, text, fence, () -> true);
    }

    @Override
    public boolean replaceRecord(String name, Optional<String> expected, String text, Fence fence) throws IOException {
        return fences.locked(
                "record " + name,
                () -> write(name, text, fence, () -> records.read(name).equals(expected)));
    }

    private boolean write(String name, String text, Fence fence, Fences.Commit<Boolean> may) throws IOException {
        checks.open();
        Path next = incoming(fence);
        try {
            Path file = next.resolve("record");
            disk.write(file, records.bytes(name, text));
            return fences.holding(fence, () -> {
                boolean allowed = may.run();
                if (allowed) {
                    records.replace(name, file);
                }
                return allowed;
            });
        } finally {
            gone(next, fence);
        }
    }

    /** Not encrypted, even with keys: its users open the files by path. */
    @Override
    public Path scratch(Fence fence) throws IOException {
        return plainScratch.folder(fence);
    }

    @Override
    public void release(Fence fence) throws IOException {
        plainScratch.release(fence);
        scratch.release(fence);
        fences.release(fence);
    }

    @Override
    public Leftovers leftovers() throws IOException {
        Set<Path> left = new TreeSet<>(scratch.left());
        left.addAll(plainScratch.left());
        return new Leftovers(fences.left(), List.copyOf(left));
    }

    @Override
    public Leftovers removeLeftovers() throws IOException {
        Leftovers left = leftovers();
        for (Path folder : left.scratch()) {
            disk.remove(folder);
        }
        for (String scope : left.fences()) {
            fences.removeLeft(scope);
        }
        for (Path file : fences.litter()) {
            disk.remove(file);
        }
        return left;
    }

    @Override
    public Checked check(long bytes, boolean aside) throws IOException {
        List<Path> newest = newestArtifacts();
        List<String> damaged = new ArrayList<>();
        long left = bytes;
        int checked = 0;
        int locked = 0;
        for (Path artifact : newest) {
            if (left <= 0) {
                break;
            }
            String digest = artifact.getFileName().toString();
            checked++;
            try {
                Manifest manifest = stored.manifest(artifact.resolve(Manifest.FILE), digest);
                stored.verify(manifest, artifact.resolve("files"));
                left -= Math.max(1, manifest.sizeBytes());
            } catch (MissingKeyException withoutKey) {
                locked++;
            } catch (CorruptArtifactException broken) {
                damaged.add(String.valueOf(broken.getMessage()));
                if (aside) {
                    fences.locked("artifact " + digest, () -> {
                        setAside(artifact, digest);
                        return digest;
                    });
                }
            }
        }
        return new Checked(checked, newest.size(), locked, damaged);
    }

    @Override
    public AtRestCount atRest(int most) throws IOException {
        checks.verify();
        return texts.count(stored.encryption(), most);
    }

    private List<Path> newestArtifacts() throws IOException {
        Path artifacts = root.resolve("artifacts");
        if (!Files.isDirectory(artifacts)) {
            return List.of();
        }
        Map<Path, Long> made = new HashMap<>();
        try (Stream<Path> all = Files.list(artifacts)) {
            for (Path artifact : all.toList()) {
                made.put(artifact, artifact.toFile().lastModified());
            }
        }
        return made.entrySet().stream()
                .sorted(Map.Entry.<Path, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Removes a scratch folder. */
    void giveBack(Path folder, Fence fence) throws IOException {
        plainScratch.giveBack(folder, fence);
    }

    /**
     * A folder for files that are moved into the store unchanged: on the store's file system,
     * encrypted.
     */
    Path incoming(Fence fence) throws IOException {
        return scratch.folder(fence);
    }

    /** Removes such a folder. */
    void gone(Path incoming, Fence fence) throws IOException {
        scratch.giveBack(incoming, fence);
    }

    /**
     * The digest in a reference's address.
     *
     * @throws CorruptArtifactException when the address is not an artifact's
     */
    static String digest(ArtifactRef ref) throws CorruptArtifactException {
        if (!ref.uri().equals(SCHEME + ref.sha256()) || !ref.sha256().matches("[0-9a-f]{64}")) {
            throw new CorruptArtifactException(ref.uri() + ": is not an address in this store");
        }
        return ref.sha256();
    }

    private Path publish(Path incoming, String digest) throws IOException {
        Path artifact = artifact(digest);
        if (Files.exists(artifact)) {
            try {
                stored.verify(stored.manifest(artifact.resolve(Manifest.FILE), digest), artifact.resolve("files"));
                return artifact; // the same content, stored earlier or concurrently
            } catch (CorruptArtifactException damaged) {
                setAside(artifact, digest);
            }
        }
        disk.move(incoming, artifact);
        return artifact;
    }

    private void setAside(Path artifact, String digest) throws IOException {
        Path damaged = root.resolve("damaged");
        disk.folder(damaged);
        int number = 0;
        while (Files.exists(damaged.resolve(digest + "-" + number))) {
            number++;
        }
        verified.remove(digest);
        disk.move(artifact, damaged.resolve(digest + "-" + number));
    }

    private Path artifact(String digest) {
        return root.resolve("artifacts").resolve(digest);
    }

    /** Written beside and moved, under a lock: readers see the old text or the new one. */
    private record Marker(Path file, Disk disk, Fences locks) implements KeyChecks.Marker {
        @Override
        public String at() {
            return file.toString();
        }

        @Override
        public Optional<String> read() throws IOException {
            try {
                return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
            } catch (NoSuchFileException none) {
                return Optional.empty();
            }
        }

        @Override
        public boolean replace(Optional<String> expected, String text) throws IOException {
            return locks.locked("marker " + MARKER, () -> {
                if (!read().equals(expected)) {
                    return false;
                }
                Path next = file.resolveSibling(MARKER + ".new");
                disk.write(next, text.getBytes(StandardCharsets.ISO_8859_1));
                disk.move(next, file);
                return true;
            });
        }
    }
}
