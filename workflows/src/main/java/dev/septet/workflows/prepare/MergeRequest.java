package dev.septet.workflows.prepare;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.ArtifactRef;
import java.util.List;

/**
 * A request to make the dataset of cleaned shards.
 *
 * @param plan the plan of the shards
 * @param shards all shards, in the order of the plan
 */
public record MergeRequest(PrepareRequest prepare, ArtifactRef plan, List<ShardRef> shards) implements RunScoped {
    public MergeRequest {
        shards = List.copyOf(shards);
    }

    @Override
    public RunRef run() {
        return prepare.run();
    }

    @Override
    public List<Object> specs() {
        return prepare.specs();
    }
}
