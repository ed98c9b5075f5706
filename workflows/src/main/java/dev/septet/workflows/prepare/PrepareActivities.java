package dev.septet.workflows.prepare;

import dev.septet.workflows.artifact.DatasetRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities of stage 1. */
@ActivityInterface
public interface PrepareActivities {
    /**
     * Reads, redacts, deduplicates, splits and tokenizes the rows.
     *
     * @throws io.temporal.failure.ApplicationFailure PoisonData with file, line and reason when more rows are bad than
     *     the file allows; InvalidPipeline when a file does not exist
     */
    @ActivityMethod(name = "Prepare")
    DatasetRef prepare(PrepareRequest request);

    /**
     * Divides the rows into shards.
     *
     * @throws io.temporal.failure.ApplicationFailure InvalidPipeline when a file does not exist
     */
    @ActivityMethod(name = "PlanShards")
    ShardPlanRef planShards(PrepareRequest request);

    /**
     * The steps that look at one row at a time, for the rows of one shard. Bad rows are only counted.
     *
     * @throws io.temporal.failure.ApplicationFailure InvalidPipeline when a file has changed since it was planned
     */
    @ActivityMethod(name = "PrepareShard")
    ShardRef prepareShard(ShardRequest request);

    /**
     * The steps that compare rows with each other, for the rows of all shards.
     *
     * @throws io.temporal.failure.ApplicationFailure as {@link #prepare}
     */
    @ActivityMethod(name = "MergeShards")
    DatasetRef mergeShards(MergeRequest request);
}
