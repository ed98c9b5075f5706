package dev.septet.workflows.prepare;

import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.host.HostBound;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the rows in shards: plans them, cleans some of them at once, and merges all of them. Deterministic workflow code.
 */
final class ShardedPreparation {
    private final PrepareRequest request;
    private final int parallel;
    private final HostBound<PrepareActivities> activities;

    private int next;
    private long doneBytes;

    /**
     * @param parallel largest number of shards at once
     */
    ShardedPreparation(PrepareRequest request, int parallel, HostBound<PrepareActivities> activities) {
        this.request = request;
        this.parallel = parallel;
        this.activities = activities;
    }

    DatasetRef run() {
        ShardPlanRef plan = activities.call(files -> files.planShards(request));
        if (plan.prepared() != null) {
            return plan.prepared();
        }
        ArtifactRef file = Objects.requireNonNull(plan.plan());
        @Nullable ShardRef[] cleaned = new ShardRef[plan.bytes().size()];
        List<Promise<Void>> lanes = new ArrayList<>();
        for (int lane = 0; lane < Math.min(parallel, cleaned.length); lane++) {
            lanes.add(Async.procedure(() -> clean(plan, file, cleaned)));
        }
        // The others finish their shards first: no shard may go on writing after the stage has failed, and a stored
        // shard is
        // not cleaned again.
        lanes.forEach(Promise::getFailure);
        lanes.forEach(Promise::get);
        List<ShardRef> shards =
                Arrays.stream(cleaned).map(Objects::requireNonNull).toList();
        return activities.call(files -> files.mergeShards(new MergeRequest(request, file, shards)));
    }

    /** Cleans one shard after the other, until none is left. */
    private void clean(ShardPlanRef plan, ArtifactRef file, @Nullable ShardRef[] cleaned) {
        long all = plan.bytes().stream().mapToLong(Long::longValue).sum();
        while (next < cleaned.length) {
            int shard = next++;
            ShardRequest work = new ShardRequest(request, file, shard, cleaned.length, doneBytes, all);
            try {
                cleaned[shard] = activities.call(files -> files.prepareShard(work));
            } catch (RuntimeException failed) {
                next = cleaned.length; // no lane begins another shard
                throw failed;
            }
            doneBytes += plan.bytes().get(shard);
        }
    }
}
