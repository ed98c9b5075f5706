package dev.septet.examples.kills;

import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.Fence;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A checkpoint store that prints when a save begins and ends, so that a kill can fall into a save.
 */
record AnnouncedSaves(CheckpointStore store) implements CheckpointStore {
    @Override
    public Checkpoint commit(String scope, int step, Writer writer, Fence fence) throws IOException {
        MortalTraining.say("saving");
        Checkpoint checkpoint = store.commit(scope, step, writer, fence);
        MortalTraining.say("saved");
        return checkpoint;
    }

    @Override
    public Found newestValid(String scope) throws IOException {
        return store.newestValid(scope);
    }

    @Override
    public Optional<Checkpoint> at(String scope, int step) throws IOException {
        return store.at(scope, step);
    }

    @Override
    public void prune(String scope, int keep, Set<Integer> pinned, Fence fence) throws IOException {
        store.prune(scope, keep, pinned, fence);
    }

    @Override
    public List<String> scopes(String prefix) throws IOException {
        return store.scopes(prefix);
    }

    @Override
    public void clear(String scope, Fence fence) throws IOException {
        store.clear(scope, fence);
    }
}
