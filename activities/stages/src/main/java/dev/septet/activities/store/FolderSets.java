package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * Artifacts and checkpoints in a folder.
 *
 * <pre>
 * artifacts/&lt;sha256&gt;/files/...         what was put
 * checkpoints/&lt;scope&gt;/&lt;step&gt;/...     its files, beside the manifest
 * damaged/&lt;sha256&gt;-&lt;n&gt;                 an artifact that no longer verified
 * </pre>
 *
 * A set is written to a scratch folder and forced to the device. Then it is moved to its name
 * atomically. Unencrypted files are used in place. Encrypted files are decrypted into copies that
 * belong to this process.
 */
final class FolderSets implements FileSets {
    private static final String DAMAGED = "damaged/";

    private final Path root;
    private final Disk disk;
    private final Fences fences;
    private final Scratch scratch;
    private final StoredFiles stored;
    private final Copies copies;
    private final ConcurrentMap<String, String> verified = new ConcurrentHashMap<>();

    FolderSets(Path root, Disk disk, Fences fences, Scratch scratch, StoredFiles stored, Copies copies) {
        this.root = root;
        this.disk = disk;
        this.fences = fences;
        this.scratch = scratch;
        this.stored = stored;
        this.copies = copies;
    }

    /** Newest first. */
    @Override
    public List<Key> artifacts() throws IOException {
        Map<String, Long> created = new HashMap<>();
        for (String digest : names(StoreNames.ARTIFACTS)) {
            Path artifact = root.resolve(StoreNames.ARTIFACTS).resolve(digest);
            created.put(digest, artifact.toFile().lastModified());
        }
        return created.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> Key.artifact(entry.getKey()))
                .toList();
    }

    /** Includes checkpoints without a manifest, which are damaged. */
    @Override
    public List<Key> checkpoints(String scope) throws IOException {
        return names(StoreNames.checkpoints(scope)).stream()
                .filter(name -> name.matches("[0-9]{1,9}"))
                .map(name -> checkpoint(scope, name))
                .toList();
    }

    @Override
    public List<String> scopes(String prefix) throws IOException {
        return names(StoreNames.CHECKPOINTS).stream()
                .map(StoreNames::decoded)
                .filter(scope -> scope.startsWith(prefix))
                .toList();
    }

    @Override
    public void clear(String scope) throws IOException {
        for (Key key : checkpoints(scope)) {
            delete(key);
        }
        removeFolder(scope);
    }

    @Override
    public Key checkpoint(String scope, int step, Fence fence) {
        return checkpoint(scope, Integer.toString(step));
    }

    @Override
    public Manifest putArtifact(Map<String, Path> files, Fence fence) throws IOException {
        Path incoming = scratch.folder(fence);
        try {
            Manifest manifest = stored.copy(files, incoming.resolve("files"));
            Key key = Key.artifact(manifest.digest());
            stored.write(incoming, manifest, key);
            disk.folder(root.resolve(StoreNames.ARTIFACTS));
            return fences.holding(fence, () -> fences.locked(key.lock(), () -> published(incoming, manifest, key)));
        } finally {
            scratch.giveBack(incoming, fence);
        }
    }

    @Override
    public CheckpointStore.Checkpoint putCheckpoint(
            Key key, Manifest manifest, Path plain, Fence fence, Existing existing) throws IOException {
        if (!stored.encrypts()) {
            stored.write(plain, manifest, key);
            Optional<CheckpointStore.Checkpoint> found = moved(key, plain, fence, existing);
            return found.orElseGet(() -> new CheckpointStore.Checkpoint(key.step(), place(key), manifest.digest()));
        }
        Path incoming = scratch.folder(fence);
        try {
            for (Manifest.Entry entry : manifest.files()) {
                stored.encrypt(plain.resolve(entry.path()), entry, incoming.resolve(entry.path()));
            }
            stored.write(incoming, manifest, key);
            Optional<CheckpointStore.Checkpoint> found = moved(key, incoming, fence, existing);
            return found.isPresent()
                    ? found.get()
                    : new CheckpointStore.Checkpoint(key.step(), copies.takeCheckpoint(key, plain), manifest.digest());
        } finally {
            scratch.giveBack(incoming, fence);
        }
    }

    @Override
    public Path get(Key artifact) throws IOException {
        return get(artifact, stored.manifest(artifact).manifest());
    }

    @Override
    public Path get(Key key, Manifest manifest) throws IOException {
        Path files = files(key);
        if (stored.anyEncrypted(manifest, files)) {
            renew(key);
            Copies.Filling decrypting = to -> stored.decrypt(manifest, files, to);
            return key.isArtifact() ? copies.artifact(key, decrypting) : copies.checkpoint(key, manifest, decrypting);
        }
        renew(key);
        if (!key.isArtifact()) {
            stored.verify(manifest, files);
            return files;
        }
        String state = manifest.state(files);
        if (!state.equals(verified.get(key.name()))) {
            stored.verify(manifest, files);
            verified.put(key.name(), state);
        }
        return files;
    }

    /** A reader that has a file open reads the former bytes to their end. */
    @Override
    public List<Long> reencrypt(Key key, Manifest manifest, Fence fence) throws IOException {
        List<Long> sizes = new ArrayList<>();
        Path incoming = scratch.folder(fence);
        try {
            for (Manifest.Entry entry : manifest.files()) {
                Path file = files(key).resolve(entry.path());
                if (!stored.isOutdated(file)) {
                    continue;
                }
                Path plain = incoming.resolve("plain");
                Path secret = incoming.resolve("secret");
                stored.decrypt(file, entry, plain, file.toString());
                stored.encrypt(plain, entry, secret);
                disk.remove(plain);
                boolean moved = fences.holding(
                        fence,
                        () -> fences.locked(key.lock(), () -> {
                            boolean isThere = Files.exists(file);
                            if (isThere) {
                                disk.move(secret, file);
                            }
                            return isThere;
                        }));
                if (moved) {
                    sizes.add(entry.sizeBytes());
                }
            }
            return sizes;
        } finally {
            scratch.giveBack(incoming, fence);
        }
    }

    @Override
    public <R> R exclusively(Key key, Storage.Work<R> work) throws IOException {
        return fences.locked(key.lock(), work);
    }

    @Override
    public void verify(Key key, Manifest manifest) throws IOException {
        stored.verify(manifest, files(key));
    }

    @Override
    public void setAside(Key artifact) throws IOException {
        fences.locked(artifact.lock(), () -> moveAside(artifact));
    }

    @Override
    public void remove(Key artifact, Fence fence) throws IOException {
        fences.holding(
                fence,
                () -> fences.locked(artifact.lock(), () -> {
                    removeFiles(artifact);
                    for (String damaged : names(DAMAGED)) {
                        if (damaged.startsWith(artifact.name() + "-")) {
                            disk.remove(root.resolve(DAMAGED).resolve(damaged));
                        }
                    }
                    return artifact;
                }));
    }

    /** The manifest is removed first, so that a partly removed folder is not an artifact. */
    private void removeFiles(Key artifact) throws IOException {
        verified.remove(artifact.name());
        disk.remove(root.resolve(artifact.manifest()));
        disk.remove(place(artifact));
        copies.removeArtifact(artifact);
    }

    @Override
    public List<Storage.Used> usedArtifacts() throws IOException {
        List<Storage.Used> used = new ArrayList<>();
        for (String digest : names(StoreNames.ARTIFACTS)) {
            Key key = Key.artifact(digest);
            try {
                used.add(new Storage.Used(digest, bytes(place(key)), used(key)));
            } catch (NoSuchFileException gone) {
                // Another process has just removed it.
            }
        }
        return used;
    }

    /** An artifact's folder is moved to its place as a whole, so one without a manifest is partly removed. */
    private Instant used(Key artifact) throws IOException {
        return Files.exists(root.resolve(artifact.manifest()))
                ? Files.getLastModifiedTime(place(artifact)).toInstant()
                : Storage.Used.PARTIAL;
    }

    @Override
    public List<Storage.Used> usedCheckpoints() throws IOException {
        List<Storage.Used> used = new ArrayList<>();
        for (String folder : names(StoreNames.CHECKPOINTS)) {
            Path scope = root.resolve(StoreNames.CHECKPOINTS).resolve(folder);
            try {
                used.add(new Storage.Used(StoreNames.decoded(folder), bytes(scope), newest(scope)));
            } catch (NoSuchFileException gone) {
                // Its training has just ended.
            }
        }
        return used;
    }

    @Override
    public List<Storage.Used> usedDamaged() throws IOException {
        List<Storage.Used> used = new ArrayList<>();
        for (String name : names(DAMAGED)) {
            Path folder = root.resolve(DAMAGED).resolve(name);
            used.add(new Storage.Used(
                    name, bytes(folder), Files.getLastModifiedTime(folder).toInstant()));
        }
        return used;
    }

    /** The newest time of a scope's folder and of its checkpoints. A running training may remove some meanwhile. */
    private static Instant newest(Path scope) throws IOException {
        Instant newest = Files.getLastModifiedTime(scope).toInstant();
        try (Stream<Path> all = Files.list(scope)) {
            for (Path checkpoint : all.toList()) {
                try {
                    Instant time = Files.getLastModifiedTime(checkpoint).toInstant();
                    newest = time.isAfter(newest) ? time : newest;
                } catch (NoSuchFileException gone) {
                    // Its removal has changed the folder's time.
                }
            }
        }
        return newest;
    }

    /** Size of all files below a folder; what another process removes meanwhile does not count. */
    private static long bytes(Path folder) throws IOException {
        long[] bytes = {0};
        FolderStorage.walk(folder, Integer.MAX_VALUE, (file, attributes) -> bytes[0] += attributes.size());
        return bytes[0];
    }

    @Override
    public void renew(Key key) throws IOException {
        Path folder = key.isArtifact() ? place(key) : root.resolve(key.folder());
        if (!isThere(key, folder)) {
            throw new CorruptArtifactException(folder + ": missing; it was removed");
        }
    }

    /** A process that may only read here records no use. */
    private boolean isThere(Key key, Path folder) throws IOException {
        try {
            return Files.exists(folder)
                    && (!Storage.Used.isStale(Files.getLastModifiedTime(folder).toInstant())
                            || fences.locked(key.lock(), () -> FolderStorage.renewed(folder)));
        } catch (FileSystemException readOnly) {
            return Files.exists(folder);
        }
    }

    @Override
    public boolean removeIf(Key artifact, Instant before, Fence fence) throws IOException {
        return fences.holding(
                fence,
                () -> fences.locked(artifact.lock(), () -> {
                    if (Files.exists(place(artifact)) && !used(artifact).isBefore(before)) {
                        return false;
                    }
                    removeFiles(artifact);
                    return true;
                }));
    }

    @Override
    public boolean clearIf(String scope, Instant before, Fence fence) throws IOException {
        Path folder = root.resolve(StoreNames.checkpoints(scope));
        return fences.holding(
                fence,
                () -> fences.locked("checkpoints " + scope, () -> {
                    if (Files.exists(folder) && !newest(folder).isBefore(before)) {
                        return false;
                    }
                    clear(scope);
                    return true;
                }));
    }

    @Override
    public void removeDamaged(String name, Fence fence) throws IOException {
        fences.holding(fence, () -> {
            disk.remove(root.resolve(DAMAGED).resolve(name));
            return name;
        });
    }

    @Override
    public String text(Key artifact, Manifest.Entry entry) throws IOException {
        return stored.text(entry, files(artifact));
    }

    /** The manifest is removed first, so that a partly removed folder is not a checkpoint. */
    @Override
    public void delete(Key checkpoint) throws IOException {
        disk.remove(root.resolve(checkpoint.manifest()));
        disk.remove(place(checkpoint));
        if (stored.encrypts()) {
            copies.remove(checkpoint);
        }
    }

    @Override
    public void sweep(String scope, List<Key> staying, Fence fence) throws IOException {
        if (!staying.isEmpty()) {
            return;
        }
        removeFolder(scope);
    }

    private void removeFolder(String scope) throws IOException {
        disk.remove(root.resolve(StoreNames.checkpoints(scope)));
        if (stored.encrypts()) {
            copies.remove(StoreNames.checkpoints(scope));
        }
    }

    private Manifest published(Path incoming, Manifest manifest, Key key) throws IOException {
        if (Files.exists(place(key))) {
            try {
                stored.verify(stored.manifest(key).manifest(), files(key));
                FolderStorage.renewed(place(key)); // this call needs it from now on
                return manifest; // another call has stored the same content
            } catch (CorruptArtifactException damaged) {
                moveAside(key);
            }
        }
        disk.move(incoming, place(key));
        return manifest;
    }

    private Path moveAside(Key artifact) throws IOException {
        Path damaged = root.resolve(DAMAGED);
        disk.folder(damaged);
        int number = 0;
        while (Files.exists(damaged.resolve(artifact.name() + "-" + number))) {
            number++;
        }
        verified.remove(artifact.name());
        Path destination = damaged.resolve(artifact.name() + "-" + number);
        disk.move(place(artifact), destination);
        return destination;
    }

    /** The checkpoint that existed already; empty when the new one was moved to its place. */
    private Optional<CheckpointStore.Checkpoint> moved(Key key, Path incoming, Fence fence, Existing existing)
            throws IOException {
        disk.folder(root.resolve(key.folder()));
        return fences.holding(fence, () -> {
            Optional<CheckpointStore.Checkpoint> found = existing.find();
            if (found.isEmpty()) {
                disk.remove(place(key)); // it is damaged, because existing did not find it
                disk.move(incoming, place(key));
            }
            return found;
        });
    }

    private List<String> names(String folder) throws IOException {
        if (!Files.isDirectory(root.resolve(folder))) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(root.resolve(folder))) {
            return all.map(path -> path.getFileName().toString()).toList();
        } catch (NoSuchFileException gone) {
            return List.of();
        }
    }

    private static Key checkpoint(String scope, String name) {
        String folder = StoreNames.checkpoints(scope);
        return new Key(folder, name, folder + name + "/" + Manifest.FILE);
    }

    private Path place(Key key) {
        return root.resolve(key.folder()).resolve(key.name());
    }

    private Path files(Key key) {
        return key.isArtifact() ? place(key).resolve("files") : place(key);
    }
}
