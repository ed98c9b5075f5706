package dev.septet.workflows;

import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import org.jspecify.annotations.Nullable;

/** Tells a stage's run what the stage waits for; deterministic workflow code. */
public final class RunWaits {
    private RunWaits() {}

    /**
     * Sends it to the run, if the stage has a parent run that still exists.
     *
     * @param waiting null = the stage does not wait any more
     */
    public static void send(RunRef run, @Nullable WaitReason waiting) {
        Workflow.getInfo().getParentWorkflowId().ifPresent(id -> {
            try {
                Workflow.newExternalWorkflowStub(PipelineWorkflow.class, id).waits(waiting, run.ticket());
            } catch (ApplicationFailure notFound) {
                Workflow.getLogger(RunWaits.class).info("run {} is gone: it is not notified", id);
            }
        });
    }
}
