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
 * manifest.json}. Built in scratch, forced to the device, moved to their name at once.
 */
final class LocalCheckpoints implements CheckpointStore {
    private final LocalStore store;
    private final Disk disk;
    private final Fences fences;

    LocalCheckpoints(LocalStore store, Disk disk, Fences fences) {
        this.store = store;
        this.disk = disk;
        this.fences = fences;
    }

    @Override
    public Checkpoint commit(String scope, int step, Writer writer, Fence fence)
            throws IOException {
        Path incoming = store.scratch(fence);
        try {
            try {
                writer.writeTo(incoming);
            } catch (IOException e) {
                throw DiskFullException.orSame(incoming, e);
            }
            Manifest manifest = Manifest.of(incoming, disk);
            disk.write(incoming.resolve(Manifest.FILE), manifest.bytes());
            disk.sync(incoming);
            Path target = folder(scope).resolve(Integer.toString(step));
            disk.folder(folder(scope));
            return fences.holding(
                    fence,
                    () -> {
                        Optional<Checkpoint> there = at(scope, step);
                        if (there.isPresent()) {
                            return there.get();
                        }
                        disk.remove(target); // damaged, or it would have been found
                        disk.move(incoming, target);
                        return new Checkpoint(step, target, manifest.digest());
                    });
        } finally {
            store.giveBack(incoming, fence);
        }
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
        fences.holding(
                fence,
                () -> {
                    List<Integer> steps = steps(scope);
                    for (int i = steps.size() - 1; i >= keep; i--) { // the oldest first
                        if (!pinned.contains(steps.get(i))) {
                            remove(scope, steps.get(i));
                        }
                    }
                    if (steps.isEmpty() || (keep == 0 && pinned.isEmpty())) {
                        disk.remove(folder(scope));
                    }
                    return scope;
                });
    }

    /** First the manifest goes, so that what is left after a kill is no checkpoint. */
    private void remove(String scope, int step) throws IOException {
        Path old = folder(scope).resolve(Integer.toString(step));
        disk.remove(old.resolve(Manifest.FILE));
        disk.remove(old);
    }

    private Checkpoint verified(String scope, int step) throws IOException {
        Path folder = folder(scope).resolve(Integer.toString(step));
        Path file = folder.resolve(Manifest.FILE);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new CorruptArtifactException(file + ": missing");
        }
        byte[] bytes = Files.readAllBytes(file);
        Manifest.parse(file, bytes).verify(folder);
        return new Checkpoint(step, folder, Sha256.of(bytes));
    }

    /** Newest first. */
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
        return store.root().resolve("checkpoints").resolve(Names.encoded(scope));
    }
}
