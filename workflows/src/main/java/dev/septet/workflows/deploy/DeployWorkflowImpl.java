package dev.septet.workflows.deploy;

import dev.septet.dsl.spec.StagePolicy;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.approval.Answer;
import dev.septet.workflows.approval.AnswerTaken;
import dev.septet.workflows.approval.ApprovalGate;
import dev.septet.workflows.approval.ApprovalStatus;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.ExportRef;

import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;

import java.util.List;

/** Orchestration of stage 6: the export needs the engine, the publication only files. */
public final class DeployWorkflowImpl implements DeployWorkflow {
    private final DeployActivities engine;
    private final PublishActivities files;
    private final ApprovalGate approval;

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
        approval = new ApprovalGate(request.spec().approval(), request.run());
    }

    @Override
    public DeploymentRef deploy(DeployRequest request) {
        ExportRef export = engine.export(request);
        List<Approval> approvals = approval.ask(export.artifact(), request.evaluation());
        Publication publication = files.publish(request, export);
        try {
            return files.promote(request, publication).proved(export.chain()).approvedBy(approvals);
        } catch (TemporalFailure failure) {
            Workflow.newDetachedCancellationScope(() -> files.rollBack(request, publication)).run();
            throw failure;
        }
    }

    @Override
    public AnswerTaken approve(Answer answer) {
        return approval.take(answer, true);
    }

    @Override
    public void mayApprove(Answer answer) {
        approval.check(answer);
    }

    @Override
    public AnswerTaken reject(Answer answer) {
        return approval.take(answer, false);
    }

    @Override
    public void mayReject(Answer answer) {
        approval.check(answer);
    }

    @Override
    public ApprovalStatus approval() {
        return approval.status();
    }
}
