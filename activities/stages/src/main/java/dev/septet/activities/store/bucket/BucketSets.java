package dev.septet.activities.store.bucket;

import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.Copies;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FileSets;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.Scratch;
import dev.septet.activities.store.Storage;
import dev.septet.activities.store.StoreNames;
import dev.septet.activities.store.StoredFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Artifacts and checkpoints in a bucket, and copies of them on this machine.
 *
 * <pre>
 * blobs/&lt;sha256&gt;                                a file of an artifact, named by its content
 * checkpoints/&lt;scope&gt;/files-&lt;attempt&gt;/&lt;sha256&gt;   a file of a checkpoint
 * </pre>
 *
 * Manifests are written after their files. An attempt writes only checkpoints of its own number,
 * and removes only those of its own number and of earlier attempts. So an attempt that continues
 * after a later one has taken over cannot remove the later one's checkpoints.
 */
final class BucketSets implements FileSets {
    private static final Pattern CHECKPOINT = Pattern.compile("([0-9]{1,9}-[0-9]{1,9})\\.manifest");

    /** Removing an artifact is a request for each file. */
    private static final Duration LONGEST_REMOVAL = Duration.ofMinutes(10);

    /** How often a use looks whether an announced removal has ended, one second apart. */
    private static final int LOOKS = 10;

    /** Owns the scratch folders of calls that read without a fence. */
    private static final Fence READING = new Fence("reading", 1);

    private final S3Objects objects;
    private final S3Fences fences;
    private final S3Files files;
    private final StoredFiles stored;
    private final Copies copies;
    private final Scratch scratch;
    private final Disk disk;
    private final Map<String, Long> renewed = new ConcurrentHashMap<>();
    private final Set<String> damaged = ConcurrentHashMap.newKeySet();

    BucketSets(S3Objects objects, S3Fences fences, StoredFiles stored, Copies copies, Scratch scratch, Disk disk) {
        this.objects = objects;
        this.fences = fences;
        this.files = new S3Files(objects, stored, disk);
        this.stored = stored;
        this.copies = copies;
        this.scratch = scratch;
        this.disk = disk;
    }

    @Override
    public List<Key> artifacts() throws IOException {
        return objects.names(StoreNames.ARTIFACTS).stream()
                .filter(name -> name.endsWith("/" + Manifest.FILE))
                .map(name -> Key.artifact(name.split("/", -1)[1]))
                .toList();
    }

    @Override
    public List<Key> checkpoints(String scope) throws IOException {
        String folder = StoreNames.checkpoints(scope);
        return objects.names(folder).stream()
                .map(name -> CHECKPOINT.matcher(name.substring(folder.length())))
                .filter(Matcher::matches)
                .map(manifest -> checkpoint(folder, manifest.group(1)))
                .toList();
    }

    @Override
    public List<String> scopes(String prefix) throws IOException {
        return objects.names(StoreNames.CHECKPOINTS + StoreNames.encoded(prefix)).stream()
                .map(name -> name.split("/", -1))
                .filter(parts -> parts.length > 2)
                .map(parts -> StoreNames.decoded(parts[1]))
                .distinct()
                .toList();
    }

    @Override
    public void clear(String scope) throws IOException {
        String folder = StoreNames.checkpoints(scope);
        for (Key key : checkpoints(scope)) {
            delete(key);
        }
        for (String rest : objects.names(folder)) {
            objects.delete(rest);
        }
        copies.remove(folder);
    }

    @Override
    public Key checkpoint(String scope, int step, Fence fence) {
        return checkpoint(StoreNames.checkpoints(scope), step + "-" + fence.attempt());
    }

    @Override
    public Manifest putArtifact(Map<String, Path> contents, Fence fence) throws IOException {
        Path incoming = scratch.folder(fence);
        try {
            Path plain = incoming.resolve("files");
            Manifest manifest = Manifest.copy(contents, plain, disk);
            Key key = Key.artifact(manifest.digest());
            fences.check(fence);
            send(key, manifest, plain, fence, damaged.contains(key.name()));
            // A removal of another artifact deletes files that it saw in no manifest, until this one was written.
            for (Manifest.Entry entry : manifest.files()) {
                files.send(file(key, entry), plain.resolve(entry.path()), entry, false);
            }
            while (isAnnounced(key)) {
                pause();
                send(key, manifest, plain, fence, false);
            }
            damaged.remove(key.name());
            disk.write(incoming.resolve(Manifest.FILE), manifest.bytes());
            copies.takeArtifact(key, incoming);
            return manifest;
        } finally {
            scratch.giveBack(incoming, fence);
        }
    }

    @Override
    public CheckpointStore.Checkpoint putCheckpoint(
            Key key, Manifest manifest, Path plain, Fence fence, Existing existing) throws IOException {
        fences.check(fence);
        Optional<CheckpointStore.Checkpoint> found = existing.find();
        if (found.isPresent()) {
            return found.get();
        }
        String scope = StoreNames.scope(key.folder());
        boolean replace = checkpoints(scope).contains(key); // it is damaged, because existing did not find it
        send(key, manifest, plain, fence, replace);
        disk.write(plain.resolve(Manifest.FILE), manifest.bytes());
        return new CheckpointStore.Checkpoint(key.step(), copies.takeCheckpoint(key, plain), manifest.digest());
    }

    @Override
    public Path get(Key artifact) throws IOException {
        renewHourly(artifact);
        return copies.artifact(artifact, to -> {
            try {
                return fetched(artifact, stored.manifest(artifact).manifest(), to);
            } catch (CorruptArtifactException e) {
                damaged.add(artifact.name()); // so that the next upload replaces it
                throw e;
            }
        });
    }

    @Override
    public Path get(Key checkpoint, Manifest manifest) throws IOException {
        return copies.checkpoint(checkpoint, manifest, to -> {
            fetched(checkpoint, manifest, to);
            disk.write(to.resolve(Manifest.FILE), manifest.bytes());
            return manifest;
        });
    }

    @Override
    public List<Long> reencrypt(Key key, Manifest manifest, Fence fence) throws IOException {
        fences.check(fence);
        List<Long> sizes = new ArrayList<>();
        Path incoming = scratch.folder(fence);
        try {
            for (Manifest.Entry entry : manifest.files()) {
                String name = file(key, entry);
                if (files.isOutdated(name)) {
                    Path plain = incoming.resolve("plain");
                    files.fetch(name, plain, entry);
                    files.send(name, plain, entry, true);
                    disk.remove(plain);
                    sizes.add(entry.sizeBytes());
                }
            }
            return sizes;
        } finally {
            scratch.giveBack(incoming, fence);
        }
    }

    /** A bucket has no locks; its texts are replaced under a condition. */
    @Override
    public <R> R exclusively(Key key, Storage.Work<R> work) throws IOException {
        return work.run();
    }

    /** Compares the sizes only, which the server knows without a download. */
    @Override
    public void verify(Key key, Manifest manifest) throws IOException {
        for (Manifest.Entry entry : manifest.files()) {
            if (!files.holds(file(key, entry), entry)) {
                throw new CorruptArtifactException("%s%s: %s is missing or has another size"
                        .formatted(objects.at(), key.manifest(), entry.path()));
            }
        }
    }

    @Override
    public void verifyBytes(Key key, Manifest manifest) throws IOException {
        verify(key, manifest);
        Path folder = scratch.folder(READING); // decrypted files must not outlive this process
        try {
            for (Manifest.Entry entry : manifest.files()) {
                Path file = folder.resolve("file");
                files.fetch(file(key, entry), file, entry);
                disk.remove(file);
            }
        } finally {
            scratch.giveBack(folder, READING);
        }
    }

    /**
     * A damaged artifact stays until its content is uploaded again, because other processes may be
     * downloading it.
     */
    @Override
    public void setAside(Key artifact) {}

    /** A file that several artifacts have counts for each. */
    @Override
    public List<Storage.Used> usedArtifacts() throws IOException {
        List<Storage.Used> used = new ArrayList<>();
        for (Storage.Used entry : objects.entries(StoreNames.ARTIFACTS)) {
            if (entry.name().endsWith("/" + Manifest.FILE)) {
                Key key = Key.artifact(entry.name().split("/", -1)[1]);
                long bytes = 0;
                try {
                    bytes = stored.manifest(key).manifest().sizeBytes();
                } catch (CorruptArtifactException damaged) {
                    // It is removed like an empty one.
                } catch (MissingKeyException locked) {
                    // It is listed. Its removal reads the manifest again, and is refused.
                }
                used.add(new Storage.Used(key.name(), bytes, entry.used()));
            }
        }
        return used;
    }

    @Override
    public List<Storage.Used> usedCheckpoints() throws IOException {
        Map<String, Storage.Used> scopes = new TreeMap<>();
        for (Storage.Used entry : objects.entries(StoreNames.CHECKPOINTS)) {
            String[] parts = entry.name().split("/", -1);
            if (parts.length > 2) {
                String scope = StoreNames.decoded(parts[1]);
                scopes.merge(
                        scope,
                        new Storage.Used(scope, entry.bytes(), entry.used()),
                        (one, other) -> new Storage.Used(
                                scope,
                                one.bytes() + other.bytes(),
                                one.used().isAfter(other.used()) ? one.used() : other.used()));
            }
        }
        return List.copyOf(scopes.values());
    }

    @Override
    public List<Storage.Used> usedDamaged() {
        return List.of(); // a damaged artifact stays in its place
    }

    @Override
    public void removeDamaged(String name, Fence fence) {}

    /** Marks an artifact as used, with no request if this process did so lately. */
    private void renewHourly(Key artifact) throws IOException {
        Long last = renewed.get(artifact.name());
        if (last == null || System.nanoTime() - last > Storage.Used.RENEWED_EVERY.toNanos() / 2) {
            renew(artifact);
            renewed.put(artifact.name(), System.nanoTime());
        }
    }

    /**
     * Writes the manifest again, then looks whether a removal has been announced. A removal is announced first, and looks at
     * the manifest's time then. So at least one of the two sees the other. A use that sees a removal waits for its end, because
     * the removal may have seen this use or another one.
     */
    @Override
    public void renew(Key key) throws IOException {
        Optional<HeadObjectResponse> head = objects.head(key.manifest());
        if (head.isEmpty() || Storage.Used.isStale(head.get().lastModified())) {
            Optional<S3Objects.Stored> manifest = objects.read(key.manifest());
            if (manifest.isPresent()) {
                // A changed etag means that another process uses it at the same time, or that it was removed.
                var unused = objects.rewrite(
                        key.manifest(),
                        manifest.get().text().getBytes(StandardCharsets.UTF_8),
                        manifest.get().etag());
            }
        }
        boolean announced = key.isArtifact() && isAnnounced(key);
        for (int looks = 1; announced && looks < LOOKS; looks++) {
            pause();
            announced = isAnnounced(key);
        }
        if (announced || objects.head(key.manifest()).isEmpty()) {
            throw new CorruptArtifactException(objects.at()
                    + key.manifest()
                    + (announced ? ": it is being removed" : ": missing; it was removed"));
        }
    }

    @Override
    public boolean removeIf(Key artifact, Instant before, Fence fence) throws IOException {
        fences.check(fence);
        String announced = removal(artifact);
        byte[] text = fence.token().toString().getBytes(StandardCharsets.UTF_8);
        if (objects.putIf(announced, text, objects.etag(announced)) == null) {
            return false; // another process announces it at the same time
        }
        try {
            boolean old = objects.head(artifact.manifest())
                    .map(HeadObjectResponse::lastModified)
                    .map(used -> used.isBefore(before))
                    .orElse(true);
            if (old) {
                remove(artifact, fence);
            }
            return old;
        } finally {
            objects.delete(announced);
        }
    }

    @Override
    public boolean clearIf(String scope, Instant before, Fence fence) throws IOException {
        fences.check(fence);
        boolean old = objects.entries(StoreNames.checkpoints(scope)).stream()
                .allMatch(entry -> entry.used().isBefore(before));
        if (old) {
            clear(scope);
        }
        return old;
    }

    @Override
    public String text(Key artifact, Manifest.Entry entry) throws IOException {
        Path folder = scratch.folder(READING);
        try {
            Path file = folder.resolve("text");
            files.fetch(file(artifact, entry), file, entry);
            return Files.readString(file, StandardCharsets.UTF_8);
        } finally {
            scratch.giveBack(folder, READING);
        }
    }

    /** Whether a removal of an artifact is announced. What a killed process announced counts for some time only. */
    private boolean isAnnounced(Key artifact) throws IOException {
        Optional<HeadObjectResponse> head = objects.head(removal(artifact));
        if (head.isEmpty()) {
            return false;
        }
        if (head.get().lastModified().isAfter(Instant.now().minus(LONGEST_REMOVAL))) {
            return true;
        }
        try {
            objects.deleteIf(removal(artifact), head.get().eTag());
        } catch (ObjectStoreException refused) {
            if (refused.status() != 403) { // a process that may only read leaves it
                throw refused;
            }
        }
        return false;
    }

    private static void pause() throws IOException {
        Disk.pause(1000, "another process removes the artifact");
    }

    /** The announcement that an artifact is about to be removed. */
    private static String removal(Key artifact) {
        return artifact.folder() + artifact.name() + "/removal";
    }

    /**
     * Other artifacts may have the same files. An upload that found such a file before its removal sends it again, because it
     * looks once more after its manifest. Only a removal that takes longer between its look at the manifests and its last
     * file gives a damaged artifact, which the next run computes again.
     */
    @Override
    public void remove(Key artifact, Fence fence) throws IOException {
        fences.check(fence);
        renewed.remove(artifact.name());
        Set<String> own = new HashSet<>();
        try {
            stored.manifest(artifact).manifest().files().forEach(entry -> own.add(entry.sha256()));
        } catch (CorruptArtifactException removed) {
            // An earlier call has removed its files before its manifest.
        }
        for (Key other : artifacts()) {
            if (!own.isEmpty() && !other.name().equals(artifact.name())) {
                try {
                    stored.manifest(other).manifest().files().forEach(entry -> own.remove(entry.sha256()));
                } catch (CorruptArtifactException damaged) {
                    // It needs no file.
                }
            }
        }
        for (String sha256 : own) {
            objects.delete("blobs/" + sha256); // before the manifest, which names them after a kill
        }
        objects.delete(artifact.manifest());
        copies.removeArtifact(artifact);
    }

    @Override
    public void delete(Key checkpoint) throws IOException {
        objects.delete(checkpoint.manifest());
        copies.remove(checkpoint);
    }

    @Override
    public void sweep(String scope, List<Key> staying, Fence fence) throws IOException {
        Set<String> needed = new HashSet<>();
        for (Key key : staying) {
            try {
                stored.manifest(key).manifest().files().forEach(entry -> needed.add(file(key, entry)));
            } catch (CorruptArtifactException damaged) {
                // no file is needed for a damaged checkpoint
            }
        }
        String folder = StoreNames.checkpoints(scope);
        for (int attempt = 1; attempt <= fence.attempt(); attempt++) {
            for (String file : objects.names(folder + "files-" + attempt + "/")) {
                if (!needed.contains(file)) {
                    objects.delete(file);
                }
            }
        }
        if (staying.isEmpty()) {
            copies.remove(folder);
        }
    }

    private void send(Key key, Manifest manifest, Path plain, Fence fence, boolean always) throws IOException {
        for (Manifest.Entry entry : manifest.files()) {
            files.send(file(key, entry), plain.resolve(entry.path()), entry, always);
        }
        stored.put(key.manifest(), manifest.text(), fence);
    }

    private Manifest fetched(Key key, Manifest manifest, Path to) throws IOException {
        for (Manifest.Entry entry : manifest.files()) {
            Path file = stored.target(to, entry);
            files.fetch(file(key, entry), file, entry);
            file.toFile().setReadOnly();
        }
        return manifest;
    }

    private static Key checkpoint(String folder, String name) {
        return new Key(folder, name, folder + name + StoreNames.CHECKPOINT_SUFFIX);
    }

    private static String file(Key key, Manifest.Entry entry) {
        return (key.isArtifact() ? "blobs/" : key.folder() + "files-" + key.attempt() + "/") + entry.sha256();
    }
}
