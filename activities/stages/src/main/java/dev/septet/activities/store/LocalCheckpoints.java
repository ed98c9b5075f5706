package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Checkpoints in a local store: {@code checkpoints/<scope>/<step>/} with their files and {@code
 * manifest.json}. They are written to scratch, forced to the device, and moved to their final name
 * atomically.
 */
final class LocalCheckpoints implements CheckpointStore {
    private final LocalStore store;
    private final Disk disk;
    private final Fences fences;
    private final StoredFiles stored;
    private final PlainCopies copies;

    LocalCheckpoints(LocalStore store, Disk disk, Fences fences, StoredFiles stored, PlainCopies copies) {
        this.store = store;
        this.disk = disk;
        this.fences = fences;
        this.stored = stored;
        this.copies = copies;
    }

    @Override
    public Checkpoint commit(String scope, int step, Writer writer, Fence fence) throws IOException {
        Path incoming = store.scratch(fence);
        try {
            try {
                writer.writeTo(incoming);
            } catch (IOException e) {
                throw DiskFullException.orSame(incoming, e);
            }
            Manifest manifest = Manifest.of(incoming, disk);
            if (stored.encryption().encrypts()) {
                return committedEncrypted(scope, step, manifest, incoming, fence);
            }
            disk.write(incoming.resolve(Manifest.FILE), manifest.bytes());
            disk.sync(incoming);
            return committed(scope, step, manifest, incoming, fence);
        } finally {
            store.giveBack(incoming, fence);
        }
    }

    private Checkpoint committedEncrypted(String scope, int step, Manifest manifest, Path plain, Fence fence)
            throws IOException {
        Path incoming = store.incoming(fence);
        try {
            for (Manifest.Entry entry : manifest.files()) {
                stored.encrypt(plain.resolve(entry.path()), entry, incoming.resolve(entry.path()));
            }
            String name = Integer.toString(step);
            Path file = incoming.resolve(Manifest.FILE);
            stored.write(file, manifest, StoredFiles.checkpointPlace(scope, name));
            disk.sync(incoming);
            Checkpoint done = committed(scope, step, manifest, incoming, fence);
            boolean ours = done.folder().equals(folder(scope).resolve(name))
                    && done.manifestSha256().equals(manifest.digest());
            return ours
                    ? new Checkpoint(step, copies.take(scope, name, plain), manifest.digest())
                    : done; // it existed already
        } finally {
            store.gone(incoming, fence);
        }
    }

    private Checkpoint committed(String scope, int step, Manifest manifest, Path incoming, Fence fence)
            throws IOException {
        Path target = folder(scope).resolve(Integer.toString(step));
        disk.folder(folder(scope));
        return fences.holding(fence, () -> {
            Optional<Checkpoint> there = at(scope, step);
            if (there.isPresent()) {
                return there.get();
            }
            disk.remove(target); // it is damaged, otherwise it would have been found
            disk.move(incoming, target);
            return new Checkpoint(step, target, manifest.digest());
        });
    }

    @Override
    public Found newestValid(String scope) throws IOException {
        List<String> damaged = new ArrayList<>();
        for (int step : steps(scope)) {
            try {
                return new Found(Optional.of(verified(scope, step)), damaged);
            } catch (CorruptArtifactException e) {
                damaged.add(e.getMessage());
            }
        }
        return new Found(Optional.empty(), damaged);
    }

    @Override
    public Optional<Checkpoint> at(String scope, int step) throws IOException {
        try {
            return Optional.of(verified(scope, step));
        } catch (CorruptArtifactException missing) {
            return Optional.empty();
        }
    }

    @Override
    public void prune(String scope, int keep, Set<Integer> pinned, Fence fence) throws IOException {
        fences.holding(fence, () -> {
            List<Integer> steps = steps(scope);
            for (int i = steps.size() - 1; i >= keep; i--) { // the oldest first
                if (!pinned.contains(steps.get(i))) {
                    remove(scope, steps.get(i));
                }
            }
            if (steps.isEmpty() || (keep == 0 && pinned.isEmpty())) {
                disk.remove(folder(scope));
                if (stored.encryption().encrypts()) {
                    copies.remove(scope);
                }
            }
            return scope;
        });
    }

    /** Removes the manifest first, so that the rest after a kill is not a checkpoint. */
    private void remove(String scope, int step) throws IOException {
        Path old = folder(scope).resolve(Integer.toString(step));
        disk.remove(old.resolve(Manifest.FILE));
        disk.remove(old);
        if (stored.encryption().encrypts()) {
            copies.remove(scope, Integer.toString(step));
        }
    }

    private Checkpoint verified(String scope, int step) throws IOException {
        Path folder = folder(scope).resolve(Integer.toString(step));
        Path file = folder.resolve(Manifest.FILE);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new CorruptArtifactException(file + ": missing");
        }
        String name = Integer.toString(step);
        byte[] bytes = stored.bytes(file, StoredFiles.checkpointPlace(scope, name));
        Manifest manifest = Manifest.parse(file, bytes);
        if (!stored.anyEncrypted(manifest, folder)) {
            stored.verify(manifest, folder);
            return new Checkpoint(step, folder, Sha256.of(bytes));
        }
        Path plain = copies.checkpoint(scope, name, manifest, to -> stored.decrypt(manifest, folder, to));
        return new Checkpoint(step, plain, Sha256.of(bytes));
    }

    /** Steps of the checkpoints, newest first. */
    private List<Integer> steps(String scope) throws IOException {
        if (!Files.isDirectory(folder(scope))) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(folder(scope))) {
            return folders.map(folder -> folder.getFileName().toString())
                    .filter(name -> name.matches("[0-9]{1,9}"))
                    .map(Integer::valueOf)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    private Path folder(String scope) {
        return store.root().resolve("checkpoints").resolve(StoreNames.encoded(scope));
    }
}
