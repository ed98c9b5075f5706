package dev.septet.workflows.deploy;

import dev.septet.workflows.approval.AnswerTaken;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.approval.ApprovalStatus;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.canary.CanaryStatus;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/**
 * Exports the model, proves parity, waits for approvals and runs a canary if the file declares them, and publishes the
 * model.
 *
 * <p>The Temporal server's authorisation decides who may send an Update. This interface does not verify the name and
 * the role in an Update.
 */
@WorkflowInterface
public interface DeployWorkflow {
    @WorkflowMethod(name = "Deploy")
    DeploymentRef deploy(DeployRequest request);

    /** Approves the model for one person; refused when it names other bytes than those that would be published. */
    @UpdateMethod(name = "approve")
    AnswerTaken approve(ApprovalDecision answer);

    @UpdateValidatorMethod(updateName = "approve")
    void mayApprove(ApprovalDecision answer);

    /** Rejects the model for one person, which ends the run: nothing is published. */
    @UpdateMethod(name = "reject")
    AnswerTaken reject(ApprovalDecision answer);

    @UpdateValidatorMethod(updateName = "reject")
    void mayReject(ApprovalDecision answer);

    /** The question and the answers so far. */
    @QueryMethod(name = "approval")
    ApprovalStatus approval();

    /** The state of the canary trial; null when there is none, or before it begins. */
    @QueryMethod(name = "canary")
    @Nullable
    CanaryStatus canary();
}
