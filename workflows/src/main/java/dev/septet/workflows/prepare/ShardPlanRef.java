package dev.septet.workflows.prepare;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the rows are divided into shards, or the prepared rows when they are already stored.
 *
 * @param plan the plan's file; null when there is nothing to do
 * @param bytes size of each shard's part of the sources
 * @param prepared the stored result; null when the shards must be prepared
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShardPlanRef(
        @Nullable ArtifactRef plan,
        List<Long> bytes,
        @Nullable DatasetRef prepared) {
    public ShardPlanRef {
        bytes = List.copyOf(bytes);
    }
}
