package dev.septet.workflows;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/** A whole pipeline, file to deployment. */
@WorkflowInterface
public interface PipelineWorkflow {
    @WorkflowMethod(name = "Pipeline")
    PipelineReport run(PipelineRequest request);

    /** How each stage stands. */
    @QueryMethod(name = "status")
    PipelineStatus status();

    /** What the stages have made so far. */
    @QueryMethod(name = "report")
    PipelineReport report();

    /** How far the running stage is; its activity tells it now and then, for the run's page. */
    @SignalMethod(name = "progress")
    void progress(StageProgress progress);

    /**
     * What the running stage waits for; null when it goes on.
     *
     * @param ticket the run's: what comes without it is not shown, for it names commands
     */
    @SignalMethod(name = "waits")
    void waits(@Nullable WaitReason waiting, @Nullable String ticket);

    /**
     * The watch's answer to a run that a schedule started: whether it may go on.
     *
     * @param ticket the run's, which it told the watch
     */
    @SignalMethod(name = "turn")
    void turn(boolean now, @Nullable String ticket);
}
