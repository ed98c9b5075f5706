package dev.septet.activities.train;

import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs that were making the same result and did not finish. The steps of a cancelled run need not
 * be taken again: same key, same bytes. A run that was steered makes another result: its
 * checkpoints are its own.
 *
 * @param scope of this run's own checkpoints
 */
record EarlierRuns(StageKey key, String scope, ArtifactStore store, CheckpointStore checkpoints, Fence fence) {
    /** What a checkpoint says of itself. */
    interface Past {
        /**
         * Earlier steps that it refers to, such as the best one; empty where it goes on to other
         * bytes than the key's.
         */
        Optional<Set<Integer>> steps(Path checkpoint) throws IOException;
    }

    /** Says that this run is making the result. */
    void join() throws IOException {
        List<String> scopes = new ArrayList<>(scopes());
        if (!scopes.contains(scope)) {
            scopes.add(scope);
            store.putRecord(name(), String.join("\n", scopes), fence);
        }
    }

    /** Copies the newest whole state of another run, if there is one, to this run's checkpoints. */
    void adopt(Past past) throws IOException {
        List<String> scopes = scopes();
        for (int i = scopes.size() - 1; i >= 0; i--) {
            String other = scopes.get(i);
            Optional<Checkpoint> newest = checkpoints.newestValid(other).checkpoint();
            if (other.equals(scope) || newest.isEmpty() || steered(other)) {
                continue;
            }
            Optional<Set<Integer>> steps = past.steps(newest.get().folder());
            if (steps.isPresent()) {
                for (int step : steps.get()) {
                    Optional<Checkpoint> needed = checkpoints.at(other, step);
                    if (needed.isPresent()) {
                        copy(needed.get());
                    }
                }
                copy(newest.get());
                return;
            }
        }
    }

    /** Removes the checkpoints of this run and of all that were making the same. */
    void clear() throws IOException {
        List<String> scopes = scopes();
        List<String> left = new ArrayList<>();
        boolean alone = steered(scope);
        for (String other : scopes) {
            if (other.equals(scope)) {
                continue;
            }
            if (alone || steered(other)) {
                left.add(other);
            } else {
                checkpoints.prune(other, 0, Set.of(), fence);
            }
        }
        checkpoints.prune(scope, 0, Set.of(), fence);
        if (!scopes.equals(left)) {
            store.putRecord(name(), String.join("\n", left), fence);
        }
    }

    /** Whether a run took another way than its key says: by an order, or for want of memory. */
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
        return "unfinished/%s/%s".formatted(key.stage(), key.digest());
    }
}
