package dev.septet.workflows.deploy;

import dev.septet.dsl.spec.StagePolicy;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.ExportRef;

import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;

/** Orchestration of stage 6: the export needs the engine, the publication only files. */
public final class DeployWorkflowImpl implements DeployWorkflow {
    private final DeployActivities engine;
    private final PublishActivities files;

    @WorkflowInit
    public DeployWorkflowImpl(DeployRequest request) {
        StagePolicy policy = request.spec().policy();
        String name = request.run().pipeline();
        engine =
                StageStubs.activities(
                        DeployActivities.class,
                        policy,
                        TaskQueues.training(request.setup().resources()),
                        "export " + name);
        files =
                StageStubs.activities(
                        PublishActivities.class, policy, TaskQueues.LIGHT, "publish " + name);
    }

    @Override
    public DeploymentRef deploy(DeployRequest request) {
        ExportRef export = engine.export(request);
        Publication publication = files.publish(request, export);
        try {
            return files.promote(request, publication).proved(export.chain());
        } catch (TemporalFailure failure) {
            Workflow.newDetachedCancellationScope(() -> files.rollBack(request, publication)).run();
            throw failure;
        }
    }
}
