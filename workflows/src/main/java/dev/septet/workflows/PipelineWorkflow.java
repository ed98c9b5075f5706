package dev.septet.workflows;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/** Runs a whole pipeline, from the file to the deployment. */
@WorkflowInterface
public interface PipelineWorkflow {
    @WorkflowMethod(name = "Pipeline")
    PipelineReport run(PipelineRequest request);

    /** The state of each stage. */
    @QueryMethod(name = "status")
    PipelineStatus status();

    /** The results of the stages so far. */
    @QueryMethod(name = "report")
    PipelineReport report();

    /** The progress of the running stage, which its activity sends from time to time for the run's page. */
    @SignalMethod(name = "progress")
    void progress(StageProgress progress);

    /**
     * What the running stage waits for; null when it continues.
     *
     * @param ticket the run's ticket; a signal without it is ignored, because the page shows its commands
     */
    @SignalMethod(name = "waits")
    void waits(@Nullable WaitReason waiting, @Nullable String ticket);

    /**
     * The monitor's answer to a scheduled run: whether it may continue.
     *
     * @param ticket the run's ticket, which the run sent to the monitor
     */
    @SignalMethod(name = "turn")
    void turn(boolean now, @Nullable String ticket);
}
