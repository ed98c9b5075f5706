package dev.septet.activities.train;

import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.Manifest;
import dev.septet.workflows.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Unfinished runs of the same result. The steps of a cancelled run need not be repeated: the same
 * key gives the same bytes. A steered run computes another result, so its checkpoints are not
 * shared.
 *
 * @param scope scope of this run's own checkpoints
 */
record EarlierRuns(StageKey key, String scope, ArtifactStore store, CheckpointStore checkpoints, Fence fence) {
    /** Reads a checkpoint's own history. */
    interface History {
        /**
         * Earlier steps that the checkpoint refers to, such as the best one; empty when its
         * training leads to other bytes than the key's.
         */
        Optional<Set<Integer>> steps(Path checkpoint) throws IOException;
    }

    /** Records that this run computes the result. */
    void join() throws IOException {
        List<String> scopes = new ArrayList<>(scopes());
        if (!scopes.contains(scope)) {
            scopes.add(scope);
            store.putRecord(name(), String.join("\n", scopes), fence);
        }
    }

    /** Removes the record that a scope has checkpoints of a training. */
    static void withdraw(String key, String scope, ArtifactStore store, Fence fence) throws IOException {
        String name = name(Stage.TRAIN.word(), key);
        List<String> scopes =
                new ArrayList<>(store.record(name).orElse("").lines().toList());
        if (scopes.remove(scope)) {
            store.putRecord(name, String.join("\n", scopes), fence);
        }
    }

    /**
     * Copies the newest valid checkpoint of another run, if there is one, to this run's
     * checkpoints.
     */
    void adopt(History history) throws IOException {
        List<String> scopes = scopes();
        for (int i = scopes.size() - 1; i >= 0; i--) {
            String other = scopes.get(i);
            Optional<Checkpoint> newest = checkpoints.newestValid(other).checkpoint();
            if (other.equals(scope) || newest.isEmpty() || steered(other)) {
                continue;
            }
            Optional<Set<Integer>> steps = history.steps(newest.get().folder());
            if (steps.isPresent()) {
                for (int step : steps.get()) {
                    Optional<Checkpoint> earlier = checkpoints.at(other, step);
                    if (earlier.isPresent()) {
                        copy(earlier.get());
                    }
                }
                copy(newest.get());
                return;
            }
        }
    }

    /** Removes the checkpoints of this run and of all other runs of the same result. */
    void clear() throws IOException {
        List<String> scopes = scopes();
        List<String> remaining = new ArrayList<>();
        boolean steered = steered(scope);
        for (String other : scopes) {
            if (other.equals(scope)) {
                continue;
            }
            if (steered || steered(other)) {
                remaining.add(other);
            } else {
                checkpoints.prune(other, 0, Set.of(), fence);
            }
        }
        checkpoints.prune(scope, 0, Set.of(), fence);
        if (!scopes.equals(remaining)) {
            store.putRecord(name(), String.join("\n", remaining), fence);
        }
    }

    /** Whether a run deviated from its key: by a steering command, or because memory ran out. */
    private boolean steered(String other) throws IOException {
        String runId = other.substring(0, other.indexOf('/'));
        return !OutOfMemoryHistory.read(store, other).steps().isEmpty()
                || !SteeringLedger.of(new SteeringRecords(store, runId).decisions())
                        .altered()
                        .isEmpty();
    }

    private void copy(Checkpoint checkpoint) throws IOException {
        checkpoints.commit(
                scope,
                checkpoint.step(),
                folder -> {
                    for (var file : Manifest.filesBelow(checkpoint.folder()).entrySet()) {
                        if (!file.getKey().equals(Manifest.FILE)) {
                            Files.copy(file.getValue(), folder.resolve(file.getKey()));
                        }
                    }
                },
                fence);
    }

    private List<String> scopes() throws IOException {
        return store.record(name()).orElse("").lines().toList();
    }

    private String name() {
        return name(key.stage(), key.digest());
    }

    private static String name(String stage, String digest) {
        return "unfinished/%s/%s".formatted(stage, digest);
    }
}
