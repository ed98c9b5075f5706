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
 * Export, proof of parity, the people's yes and the trial on live requests where the file asks for
 * them, publication.
 *
 * <p>Who may send an Update is what the Temporal server's authorisation says; the name and the role
 * inside one are taken at their word.
 */
@WorkflowInterface
public interface DeployWorkflow {
    @WorkflowMethod(name = "Deploy")
    DeploymentRef deploy(DeployRequest request);

    /** One person's yes; refused when it names other bytes than those that would be published. */
    @UpdateMethod(name = "approve")
    AnswerTaken approve(ApprovalDecision answer);

    @UpdateValidatorMethod(updateName = "approve")
    void mayApprove(ApprovalDecision answer);

    /** One person's no, which ends the run: nothing is published. */
    @UpdateMethod(name = "reject")
    AnswerTaken reject(ApprovalDecision answer);

    @UpdateValidatorMethod(updateName = "reject")
    void mayReject(ApprovalDecision answer);

    /** What people are asked, and what they have answered. */
    @QueryMethod(name = "approval")
    ApprovalStatus approval();

    /** How the trial stands; null where there is none, or not yet. */
    @QueryMethod(name = "canary")
    @Nullable
    CanaryStatus canary();
}
