package dev.septet.workflows.prepare;

import dev.septet.workflows.RunWaits;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.host.HostBound;
import io.temporal.workflow.WorkflowInit;

/** Orchestration of stage 1. */
public final class PrepareWorkflowImpl implements PrepareWorkflow {
    private final HostBound<PrepareActivities> activities;

    @WorkflowInit
    public PrepareWorkflowImpl(PrepareRequest request) {
        StageStubs.Queued<PrepareActivities> stubs = StageStubs.countedQueued(
                PrepareActivities.class,
                request.spec().policy(),
                "prepare " + request.spec().source());
        activities = new HostBound<>(
                request.run(),
                request.needsHost() || (request.spec().parallel() != null && request.readsFiles()),
                Stage.PREPARE,
                stubs,
                waiting -> RunWaits.send(request.run(), waiting));
    }

    @Override
    public DatasetRef prepare(PrepareRequest request) {
        Integer parallel = request.spec().parallel();
        return parallel == null
                ? activities.call(files -> files.prepare(request))
                : new ShardedPreparation(request, parallel, activities).run();
    }
}
