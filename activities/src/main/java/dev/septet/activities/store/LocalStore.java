package dev.septet.activities.store;

import dev.septet.workflows.artifact.ArtifactRef;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * The store in a local folder.
 *
 * <pre>
 * artifacts/&lt;sha256&gt;/manifest.json    sha256 of these bytes is the folder's name
 * artifacts/&lt;sha256&gt;/files/...         what was put
 * damaged/&lt;sha256&gt;-&lt;n&gt;                 an artifact that no longer verified when it was put again
 * checkpoints/&lt;scope&gt;/&lt;step&gt;/...     see {@link #checkpoints}
 * records/&lt;name&gt;.record               small texts
 * fences/&lt;scope&gt;.fence, .owner        newest attempt of a scope, its process; gone when it ends
 * scratch/@&lt;process&gt;/&lt;scope&gt;/...      files on their way in; of dead processes: removed
 * </pre>
 *
 * An artifact is built in scratch, forced to the device, and moved to its name at once.
 */
public final class LocalStore implements ArtifactStore {
    private final Path root;
    private final Disk disk;
    private final Fences fences;
    private final Records records;
    private final Scratch scratch;
    private final Hourly sweeping = new Hourly();
    private final ConcurrentMap<String, String> verified = new ConcurrentHashMap<>();

    public LocalStore(Path root) {
        this(root, new Disk());
    }

    /** A store whose disk is watched. */
    public LocalStore(Path root, Disk disk) {
        this.root = root.toAbsolutePath().normalize();
        this.disk = disk;
        this.records = new Records(this.root.resolve("records"), disk);
        this.scratch = new Scratch(this.root.resolve("scratch"), disk);
        this.fences = new Fences(this.root.resolve("fences"), disk, scratch.processes());
    }

    /** The folder that holds everything. */
    public Path root() {
        return root;
    }

    @Override
    public CheckpointStore checkpoints() {
        return new LocalCheckpoints(this, disk, fences);
    }

    @Override
    public void open(Fence fence) throws IOException {
        if (sweeping.isDue()) {
            removeLeftovers();
        }
        fences.open(fence);
        scratch.open(fence);
    }

    @Override
    public ArtifactRef put(Path folder, Fence fence) throws IOException {
        return put(Manifest.filesBelow(folder), fence);
    }

    @Override
    public ArtifactRef put(Map<String, Path> files, Fence fence) throws IOException {
        Path incoming = scratch(fence);
        try {
            Manifest manifest = Manifest.copy(files, incoming.resolve("files"), disk);
            disk.write(incoming.resolve(Manifest.FILE), manifest.bytes());
            disk.sync(incoming);
            String digest = manifest.digest();
            disk.folder(root.resolve("artifacts"));
            fences.holding(
                    fence,
                    () -> fences.locked("artifact " + digest, () -> publish(incoming, digest)));
            return new ArtifactRef(SCHEME + digest, digest, manifest.sizeBytes());
        } finally {
            scratch.giveBack(incoming, fence);
        }
    }

    @Override
    public Path fetch(ArtifactRef ref) throws IOException {
        Path artifact = artifact(digest(ref));
        Path files = artifact.resolve("files");
        Manifest manifest = Manifest.read(artifact.resolve(Manifest.FILE), ref.sha256());
        String state = Stat.of(files, manifest);
        if (!state.equals(verified.get(ref.sha256()))) {
            manifest.verify(files);
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
    public boolean replaceRecord(String name, Optional<String> expected, String text, Fence fence)
            throws IOException {
        return fences.locked(
                "record " + name,
                () -> write(name, text, fence, () -> records.read(name).equals(expected)));
    }

    private boolean write(String name, String text, Fence fence, Fences.Commit<Boolean> may)
            throws IOException {
        Path next = scratch(fence);
        try {
            Path file = next.resolve("record");
            disk.write(file, text.getBytes(StandardCharsets.UTF_8));
            return fences.holding(
                    fence,
                    () -> {
                        boolean allowed = may.run();
                        if (allowed) {
                            records.replace(name, file);
                        }
                        return allowed;
                    });
        } finally {
            scratch.giveBack(next, fence);
        }
    }

    @Override
    public Path scratch(Fence fence) throws IOException {
        return scratch.folder(fence);
    }

    @Override
    public void release(Fence fence) throws IOException {
        scratch.release(fence);
        fences.release(fence);
    }

    @Override
    public Leftovers leftovers() throws IOException {
        return new Leftovers(fences.left(), scratch.left());
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
        for (Path artifact : newest) {
            if (left <= 0) {
                break;
            }
            String digest = artifact.getFileName().toString();
            checked++;
            try {
                Manifest manifest = Manifest.read(artifact.resolve(Manifest.FILE), digest);
                manifest.verify(artifact.resolve("files"));
                left -= Math.max(1, manifest.sizeBytes());
            } catch (CorruptArtifactException broken) {
                damaged.add(String.valueOf(broken.getMessage()));
                if (aside) {
                    fences.locked(
                            "artifact " + digest,
                            () -> {
                                setAside(artifact, digest);
                                return digest;
                            });
                }
            }
        }
        return new Checked(checked, newest.size(), damaged);
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
                .sorted(
                        Map.Entry.<Path, Long>comparingByValue()
                                .reversed()
                                .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Gives a scratch folder back. */
    void giveBack(Path folder, Fence fence) throws IOException {
        scratch.giveBack(folder, fence);
    }

    /**
     * The digest that a ref's address has.
     *
     * @throws CorruptArtifactException when it is an address of something else
     */
    static String digest(ArtifactRef ref) throws CorruptArtifactException {
        if (!ref.uri().equals(SCHEME + ref.sha256()) || !ref.sha256().matches("[0-9a-f]{64}")) {
            throw new CorruptArtifactException(ref.uri() + ": is no address in this store");
        }
        return ref.sha256();
    }

    private Path publish(Path incoming, String digest) throws IOException {
        Path artifact = artifact(digest);
        if (Files.exists(artifact)) {
            try {
                Manifest.read(artifact.resolve(Manifest.FILE), digest)
                        .verify(artifact.resolve("files"));
                return artifact; // the same content, put before or beside us
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
}
