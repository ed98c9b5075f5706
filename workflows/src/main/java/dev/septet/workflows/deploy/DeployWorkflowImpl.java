package dev.septet.workflows.deploy;

import dev.septet.dsl.spec.CanarySpec;
import dev.septet.dsl.spec.StagePolicy;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WorkPriority;
import dev.septet.workflows.approval.Answer;
import dev.septet.workflows.approval.AnswerTaken;
import dev.septet.workflows.approval.ApprovalGate;
import dev.septet.workflows.approval.ApprovalStatus;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.canary.Canary;
import dev.septet.workflows.canary.CanaryActivities;
import dev.septet.workflows.canary.CanaryStatus;
import dev.septet.workflows.canary.CanaryTrial;

import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Orchestration of stage 6: the export needs the engine, the publication only files. Whatever fails
 * once the model lies ready, the champion before it answers everything again.
 */
public final class DeployWorkflowImpl implements DeployWorkflow {
    private final DeployActivities engine;
    private final PublishActivities files;
    private final PublishActivities undo;
    private final CanaryActivities checks;
    private final ApprovalGate approval;
    private @Nullable Canary canary;

    @WorkflowInit
    public DeployWorkflowImpl(DeployRequest request) {
        StagePolicy policy = request.spec().policy();
        String name = request.run().pipeline();
        engine =
                StageStubs.counted(
                        DeployActivities.class,
                        policy,
                        TaskQueues.training(request.setup().resources()),
                        "export " + name,
                        WorkPriority.FINISH);
        files =
                StageStubs.counted(
                        PublishActivities.class, policy, TaskQueues.LIGHT, "publish " + name);
        approval = new ApprovalGate(request.spec().approval(), request.run());
        undo =
                StageStubs.counted(
                        PublishActivities.class,
                        policy.endless(),
                        TaskQueues.LIGHT,
                        "roll back " + name);
        checks =
                StageStubs.activities(
                        CanaryActivities.class, policy, TaskQueues.LIGHT, "canary of " + name);
    }

    @Override
    public DeploymentRef deploy(DeployRequest request) {
        ExportRef export = engine.export(request);
        List<Approval> approvals = approval.ask(export.artifact(), request.evaluation());
        Publication publication = files.publish(request, export, approvals);
        try {
            tryOut(request, publication);
            return files.promote(request, publication).proved(export.chain()).approvedBy(approvals);
        } catch (TemporalFailure failure) {
            Workflow.newDetachedCancellationScope(() -> undo.rollBack(request, publication)).run();
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

    @Override
    public @Nullable CanaryStatus canary() {
        Canary trial = canary;
        return trial == null ? null : trial.status();
    }

    /** The first model of a pipeline has nobody to be compared with, and is not tried. */
    private void tryOut(DeployRequest request, Publication publication) {
        CanarySpec spec = request.spec().canary();
        String champion = publication.champion();
        if (spec == null || champion == null || !publication.challenges()) {
            return;
        }
        long cursor = checks.cursor(request.run());
        files.challenge(request, publication);
        Canary trial =
                new Canary(
                        checks,
                        new CanaryTrial(
                                request.run(),
                                spec,
                                champion,
                                publication.artifact().sha256(),
                                cursor,
                                0,
                                0,
                                0,
                                request.evaluation().scores().stream()
                                        .map(Score::metric)
                                        .toList()));
        canary = trial;
        trial.hold();
    }
}
