package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checkpoints of any store: lists them, finds the newest undamaged one, and removes old ones. */
final class Checkpoints implements CheckpointStore {
    private final Storage.Fencing fences;
    private final FileSets sets;
    private final StoredFiles stored;
    private final Scratch scratch;
    private final Disk disk;

    Checkpoints(Storage.Fencing fences, FileSets sets, StoredFiles stored, Scratch scratch, Disk disk) {
        this.fences = fences;
        this.sets = sets;
        this.stored = stored;
        this.scratch = scratch;
        this.disk = disk;
    }

    @Override
    public Checkpoint commit(String scope, int step, Writer writer, Fence fence) throws IOException {
        Path plain = scratch.folder(fence);
        try {
            try {
                writer.writeTo(plain);
            } catch (IOException e) {
                throw DiskFullException.orSame(plain, e);
            }
            Manifest manifest = Manifest.of(plain, disk);
            FileSets.Key key = sets.checkpoint(scope, step, fence);
            return sets.putCheckpoint(key, manifest, plain, fence, () -> at(scope, step));
        } finally {
            scratch.giveBack(plain, fence);
        }
    }

    @Override
    public Found newestValid(String scope) throws IOException {
        List<String> damaged = new ArrayList<>();
        for (FileSets.Key key : newestFirst(scope)) {
            try {
                return new Found(Optional.of(verified(key)), damaged);
            } catch (CorruptArtifactException e) {
                damaged.add(e.getMessage());
            }
        }
        return new Found(Optional.empty(), damaged);
    }

    @Override
    public Optional<Checkpoint> at(String scope, int step) throws IOException {
        for (FileSets.Key key : newestFirst(scope)) {
            if (key.step() == step) {
                try {
                    return Optional.of(verified(key));
                } catch (CorruptArtifactException damaged) {
                    // then the checkpoint of this step by an earlier attempt, if there is one
                }
            }
        }
        return Optional.empty();
    }

    /** An attempt removes only checkpoints that it or an earlier attempt wrote. */
    @Override
    public void prune(String scope, int keep, Set<Integer> pinned, Fence fence) throws IOException {
        fences.holding(fence, () -> {
            List<FileSets.Key> all = newestFirst(scope);
            List<Integer> steps =
                    all.stream().map(FileSets.Key::step).distinct().toList();
            Set<Integer> keeping = new HashSet<>(pinned);
            keeping.addAll(steps.subList(0, Math.min(keep, steps.size())));
            List<FileSets.Key> staying = new ArrayList<>();
            Collections.reverse(all); // the oldest is removed first
            for (FileSets.Key key : all) {
                if (keeping.contains(key.step()) || key.attempt() > fence.attempt()) {
                    staying.add(key);
                } else {
                    sets.delete(key);
                }
            }
            sets.sweep(scope, staying, fence);
            return scope;
        });
    }

    @Override
    public List<String> scopes(String prefix) throws IOException {
        return sets.scopes(prefix).stream().distinct().sorted().toList();
    }

    @Override
    public void clear(String scope, Fence fence) throws IOException {
        fences.holding(fence, () -> {
            sets.clear(scope);
            return scope;
        });
    }

    private Checkpoint verified(FileSets.Key key) throws IOException {
        StoredFiles.Described described = stored.manifest(key);
        sets.renew(key);
        return new Checkpoint(key.step(), sets.get(key, described.manifest()), described.sha256());
    }

    private List<FileSets.Key> newestFirst(String scope) throws IOException {
        List<FileSets.Key> keys = new ArrayList<>(sets.checkpoints(scope));
        keys.sort(FileSets.Key.BY_STEP);
        return keys;
    }
}
