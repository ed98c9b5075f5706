package dev.septet.workflows;

import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import org.jspecify.annotations.Nullable;

/** Tells a stage's run what the stage waits for; deterministic workflow code. */
public final class RunWaits {
    private RunWaits() {}

    /**
     * Tells it. The run may be gone, or the stage was started without one: then nobody is told.
     *
     * @param waiting null = nothing any more
     */
    public static void tell(RunRef run, @Nullable WaitReason waiting) {
        Workflow.getInfo().getParentWorkflowId().ifPresent(id -> {
            try {
                Workflow.newExternalWorkflowStub(PipelineWorkflow.class, id).waits(waiting, run.ticket());
            } catch (ApplicationFailure gone) {
                Workflow.getLogger(RunWaits.class).info("run {} is gone: it is not notified", id);
            }
        });
    }
}
