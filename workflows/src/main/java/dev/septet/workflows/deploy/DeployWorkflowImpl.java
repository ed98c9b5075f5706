package dev.septet.workflows.deploy;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.workflows.RunWaits;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WorkPriority;
import dev.septet.workflows.approval.AnswerTaken;
import dev.septet.workflows.approval.ApprovalDecision;
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
import dev.septet.workflows.host.HostBound;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Orchestration of stage 6. The export needs the engine, the publication only files. After any failure once the model
 * is published to its targets, the previous champion answers all requests again.
 */
public final class DeployWorkflowImpl implements DeployWorkflow {
    private final DeployActivities engine;
    private final HostBound<PublishActivities> files;
    private final HostBound<PublishActivities> undo;
    private final HostBound<CanaryActivities> checks;
    private final ApprovalGate approval;
    private @Nullable Canary canary;

    @WorkflowInit
    public DeployWorkflowImpl(DeployRequest request) {
        StagePolicy policy = request.spec().policy();
        String name = request.run().pipeline();
        engine = StageStubs.counted(
                DeployActivities.class,
                policy,
                TaskQueues.training(request.setup().resources()),
                "export " + name,
                WorkPriority.FINISH);
        files = onItsHost(
                request,
                request.needsHost(),
                StageStubs.countedQueued(PublishActivities.class, policy, "publish " + name));
        approval = new ApprovalGate(request.spec().approval(), request.run());
        undo = onItsHost(
                request,
                request.needsHost(),
                StageStubs.countedQueued(PublishActivities.class, policy.endless(), "roll back " + name));
        checks = onItsHost(
                request,
                true,
                StageStubs.queued(CanaryActivities.class, policy, "canary of " + name, WorkPriority.TRAIN));
    }

    private static <A> HostBound<A> onItsHost(DeployRequest request, boolean files, StageStubs.Queued<A> activities) {
        return new HostBound<>(
                request.run(), files, Stage.DEPLOY, activities, waiting -> RunWaits.send(request.run(), waiting));
    }

    @Override
    public DeploymentRef deploy(DeployRequest request) {
        ExportRef export = engine.export(request);
        List<Approval> approvals = approval.awaitApprovals(export.artifact(), request.evaluation());
        Publication publication = files.call(to -> to.publish(request, export, approvals));
        try {
            runCanary(request, publication);
            return files.call(to -> to.promote(request, publication))
                    .withProof(export.chain())
                    .approvedBy(approvals);
        } catch (TemporalFailure failure) {
            Workflow.newDetachedCancellationScope(() -> undo.run(to -> to.rollBack(request, publication)))
                    .run();
            throw failure;
        }
    }

    @Override
    public AnswerTaken approve(ApprovalDecision answer) {
        return approval.accept(answer, true);
    }

    @Override
    public void mayApprove(ApprovalDecision answer) {
        approval.check(answer);
    }

    @Override
    public AnswerTaken reject(ApprovalDecision answer) {
        return approval.accept(answer, false);
    }

    @Override
    public void mayReject(ApprovalDecision answer) {
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

    /** Skips the trial for a pipeline's first model, because there is no champion to compare it with. */
    private void runCanary(DeployRequest request, Publication publication) {
        CanarySpec spec = request.spec().canary();
        String champion = publication.champion();
        if (spec == null || champion == null || !publication.challenges()) {
            return;
        }
        long cursor = checks.call(log -> log.cursor(request.run()));
        files.run(to -> to.challenge(request, publication));
        Canary trial = new Canary(
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
