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
 * Announces the start and the end of a run to the pipeline's monitor, so that it starts no retraining in between.
 * Without a monitor there are no retrainings.
 */
final class RunLifecycleSignals {
    /** Runs of histories without this version announce nothing. */
    private static final String CHANGE = "runs-are-announced";

    /** A monitor of older code does not answer. */
    private static final Duration SILENCE = Duration.ofMinutes(1);

    /** A terminated retraining cannot announce its end; the monitor finds out when it is asked again. */
    private static final Duration AGAIN = Duration.ofHours(2);

    private final StageBoard board;
    private @Nullable String monitorId;
    private @Nullable RunInProgress run;
    private boolean announced;
    private @Nullable Boolean turn;

    RunLifecycleSignals(StageBoard board) {
        this.board = board;
    }

    /**
     * Announces the start. A scheduled run waits here until no retraining is in progress.
     *
     * @param monitorId id of the pipeline's monitor
     * @param ticket the run's ticket, which authenticates the monitor's answer
     */
    void begin(String monitorId, Trigger trigger, @Nullable String ticket) {
        if (Workflow.getVersion(CHANGE, Workflow.DEFAULT_VERSION, 1) == Workflow.DEFAULT_VERSION) {
            return;
        }
        var info = Workflow.getInfo();
        Start start = new Start(info.getRunId(), info.getRunStartedTimestampMillis());
        boolean waits = trigger == Trigger.SCHEDULE;
        this.monitorId = monitorId;
        run = new RunInProgress(info.getWorkflowId(), start, waits, ticket);
        announce();
        if (!waits || !announced || !Workflow.await(SILENCE, () -> turn != null)) {
            return;
        }
        while (announced && Boolean.FALSE.equals(turn)) {
            board.set(Stage.PREPARE, State.WAITING, "until the retraining under way has ended");
            if (!Workflow.await(AGAIN, () -> Boolean.TRUE.equals(turn))) {
                announce();
            }
        }
    }

    /** The monitor's answer: whether the run may continue. */
    void turn(boolean now) {
        turn = now;
    }

    /** Announces the run again before a model is published, because the monitor may have started after the run. */
    void announceAgain() {
        RunInProgress known = run;
        if (known != null && !announced) {
            run = new RunInProgress(known.workflowId(), known.start(), false, known.ticket());
            announce();
        }
    }

    /** Announces the end of the run, with any result. */
    void end() {
        RunInProgress known = run;
        if (known != null && announced) {
            Workflow.newDetachedCancellationScope(() -> {
                        try {
                            stub().ended(known.start().runId());
                        } catch (ApplicationFailure notFound) {
                            announced = false;
                        }
                    })
                    .run();
        }
    }

    private void announce() {
        RunInProgress known = run;
        if (known == null) {
            return;
        }
        try {
            stub().began(known);
            announced = true;
        } catch (ApplicationFailure notFound) {
            announced = false;
        }
    }

    private MonitorWorkflow stub() {
        return Workflow.newExternalWorkflowStub(MonitorWorkflow.class, Objects.requireNonNull(monitorId));
    }
}
