package dev.septet.workflows.prepare;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.ArtifactRef;
import java.util.List;

/**
 * A request to clean one shard.
 *
 * @param plan the plan of the shards
 * @param shard number of the shard, from 0
 * @param shards number of all shards
 * @param doneBytes size of the shards that are finished, for progress
 * @param allBytes size of all shards
 */
public record ShardRequest(
        PrepareRequest prepare, ArtifactRef plan, int shard, int shards, long doneBytes, long allBytes)
        implements RunScoped {
    @Override
    public RunRef run() {
        return prepare.run();
    }

    @Override
    public List<Object> specs() {
        return prepare.specs();
    }
}
