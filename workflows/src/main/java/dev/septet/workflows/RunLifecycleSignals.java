package dev.septet.workflows;

import dev.septet.workflows.StageStatus.State;
import dev.septet.workflows.monitor.MonitorWorkflow;
import dev.septet.workflows.retrain.RunInProgress;
import dev.septet.workflows.retrain.Start;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells the pipeline's watch, where there is one, that a run began and that it ended, so that the
 * watch starts no retraining meanwhile. Where there is no watch, nobody retrains.
 */
final class RunLifecycleSignals {
    /** Runs that began before this was so announce nothing. */
    private static final String CHANGE = "runs-are-announced";

    /** A watch of older code does not know the question. */
    private static final Duration SILENCE = Duration.ofMinutes(1);

    /** A retraining that was terminated told nobody; asked again, the watch finds out. */
    private static final Duration AGAIN = Duration.ofHours(2);

    private final StageBoard board;
    private @Nullable String watch;
    private @Nullable RunInProgress run;
    private boolean told;
    private @Nullable Boolean turn;

    RunLifecycleSignals(StageBoard board) {
        this.board = board;
    }

    /**
     * The run begins; one that a schedule started waits here until no retraining is under way.
     *
     * @param watch id of the pipeline's watch
     * @param ticket the run's, by which it knows the watch's answer
     */
    void begin(String watch, Trigger trigger, @Nullable String ticket) {
        if (Workflow.getVersion(CHANGE, Workflow.DEFAULT_VERSION, 1) == Workflow.DEFAULT_VERSION) {
            return;
        }
        var info = Workflow.getInfo();
        Start start = new Start(info.getRunId(), info.getRunStartedTimestampMillis());
        boolean waits = trigger == Trigger.SCHEDULE;
        this.watch = watch;
        run = new RunInProgress(info.getWorkflowId(), start, waits, ticket);
        tell();
        if (!waits || !told || !Workflow.await(SILENCE, () -> turn != null)) {
            return;
        }
        while (told && Boolean.FALSE.equals(turn)) {
            board.set(Stage.PREPARE, State.WAITING, "until the retraining under way has ended");
            if (!Workflow.await(AGAIN, () -> Boolean.TRUE.equals(turn))) {
                tell();
            }
        }
    }

    /** What the watch answers: whether the run may go on. */
    void turn(boolean now) {
        turn = now;
    }

    /** Once more before a model is published: the watch may be younger than the run. */
    void again() {
        RunInProgress known = run;
        if (known != null && !told) {
            run = new RunInProgress(known.workflowId(), known.start(), false, known.ticket());
            tell();
        }
    }

    /** The run ended, however it did. */
    void end() {
        RunInProgress known = run;
        if (known != null && told) {
            Workflow.newDetachedCancellationScope(() -> {
                        try {
                            stub().ended(known.start().runId());
                        } catch (ApplicationFailure gone) {
                            told = false;
                        }
                    })
                    .run();
        }
    }

    private void tell() {
        RunInProgress known = run;
        if (known == null) {
            return;
        }
        try {
            stub().began(known);
            told = true;
        } catch (ApplicationFailure nobody) {
            told = false;
        }
    }

    private MonitorWorkflow stub() {
        return Workflow.newExternalWorkflowStub(MonitorWorkflow.class, Objects.requireNonNull(watch));
    }
}
