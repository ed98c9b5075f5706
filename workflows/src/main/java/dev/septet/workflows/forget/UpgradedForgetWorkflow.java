package dev.septet.workflows.forget;

import io.temporal.common.VersioningBehavior;
import io.temporal.workflow.WorkflowVersioningBehavior;

/**
 * The erasure on workers with a version. It moves to the current version with its next workflow task, because it waits for
 * runs of older versions, and only the newest version knows every place where rows are stored.
 */
public final class UpgradedForgetWorkflow extends ForgetWorkflowImpl {
    @Override
    @WorkflowVersioningBehavior(VersioningBehavior.AUTO_UPGRADE)
    public ErasureReport forget(ForgetRequest request) {
        return super.forget(request);
    }
}
