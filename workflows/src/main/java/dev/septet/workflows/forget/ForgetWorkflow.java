package dev.septet.workflows.forget;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Erases rows: leaves them out of later runs, trains again without them, and deletes what was made of them after no old
 * version serves any more.
 */
@WorkflowInterface
public interface ForgetWorkflow {
    /**
     * Carries out an order.
     *
     * @throws io.temporal.failure.ApplicationFailure when a retraining failed or an old version still serves; nothing was
     *     deleted then, and the order can be started again
     */
    @WorkflowMethod(name = "Forget")
    ErasureReport forget(ForgetRequest request);

    /** What it does now, in one sentence. */
    @QueryMethod(name = "doing")
    String doing();
}
