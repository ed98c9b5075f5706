package dev.septet.activities.attempt;

import dev.septet.workflows.Progress;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageProgress;
import dev.septet.workflows.WaitReason;
import dev.septet.workflows.candidate.CandidateTrainingWorkflow;
import io.grpc.StatusRuntimeException;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowTargetOptions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Updates the run's page with a stage's progress, by a signal to the pipeline's workflow. Each
 * signal adds about four events to the run's history, so signals become rarer the longer the work
 * takes. The first one comes after five seconds; then the pause is a thirtieth of the elapsed time,
 * at least ten seconds and at most ten minutes. That is about 270 signals in a day of training; a
 * history holds more than 10,000.
 */
final class RunPage {
    private static final Logger LOG = LoggerFactory.getLogger(RunPage.class);
    private static final String PIPELINE = "Pipeline";
    private static final long FIRST_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long MIN_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long MAX_NANOS = Duration.ofMinutes(10).toNanos();
    private static final int PART = 30;
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /** A stage, or a trial of a stage; a deeper workflow is not Septet's. */
    private static final int DEEPEST = 3;

    private final ActivityExecutionContext context;
    private final @Nullable String ticket;
    private final long start;
    private long next;
    private @Nullable Run run;
    private boolean unreachable;

    /**
     * The receiver of the signals.
     *
     * @param stage word of the stage that this activity works for
     */
    private record Run(WorkflowExecution pipeline, String stage) {}

    /**
     * @param ticket ticket of the run, without which it accepts no message; null when it has none
     * @param now in nanoseconds, as {@link System#nanoTime}
     */
    RunPage(ActivityExecutionContext context, @Nullable String ticket, long now) {
        this.context = context;
        this.ticket = ticket;
        this.start = now;
        this.next = now + FIRST_NANOS;
    }

    /** The pause after a signal, by the elapsed time of the work. */
    static long pauseNanos(long elapsed) {
        return Math.min(MAX_NANOS, Math.max(MIN_NANOS, elapsed / PART));
    }

    /**
     * Sends the progress when it is time. Never call it from the work's own thread, because the
     * server may be slow.
     */
    synchronized void sendProgress(Progress progress, long now) {
        if (unreachable || now - next < 0) {
            return;
        }
        next = now + pauseNanos(now - start);
        signal("progress", stage -> new Object[] {new StageProgress(stage, progress, ticket)});
    }

    /** Sends the reason of a wait; it is shown until the next progress. */
    synchronized void sendWait(String reason) {
        signal("waits", word -> {
            Stage stage = Objects.requireNonNullElse(Stage.of(word), Stage.PREPARE);
            return new Object[] {new WaitReason(stage, reason, List.of()), ticket};
        });
    }

    /**
     * @param value computes the signal's arguments from the word of the activity's stage
     */
    private void signal(String name, Function<String, @Nullable Object[]> value) {
        try {
            Run target = run;
            if (target == null && !unreachable) {
                target = find();
                run = target;
            }
            if (target == null) {
                unreachable = true;
                return;
            }
            context.getWorkflowClient()
                    .newUntypedWorkflowStub(WorkflowTargetOptions.newBuilder()
                            .setWorkflowId(target.pipeline().getWorkflowId())
                            .setRunId(target.pipeline().getRunId())
                            .build())
                    .signal(name, value.apply(target.stage()));
        } catch (RuntimeException unavailable) {
            // The page is outdated; the work continues.
            LOG.debug("the run's page cannot be updated: {}", name, unavailable);
        }
    }

    private @Nullable Run find() {
        ActivityInfo info = context.getInfo();
        WorkflowExecution at = WorkflowExecution.newBuilder()
                .setWorkflowId(Objects.requireNonNull(info.getWorkflowId()))
                .setRunId(Objects.requireNonNull(info.getWorkflowRunId()))
                .build();
        String below = "";
        for (int depth = 0; depth < DEEPEST; depth++) {
            WorkflowExecutionInfo workflow = describe(at);
            String type = workflow.getType().getName();
            if (type.equals(PIPELINE)) {
                return new Run(at, stage(below));
            }
            if (!workflow.hasParentExecution()) {
                return null;
            }
            below = type;
            at = workflow.getParentExecution();
        }
        return null;
    }

    /** The word of the stage that a workflow type directly below a pipeline's belongs to. */
    private static String stage(String type) {
        return type.equals(CandidateTrainingWorkflow.TYPE) ? Stage.INITIALIZE.word() : type.toLowerCase(Locale.ROOT);
    }

    private WorkflowExecutionInfo describe(WorkflowExecution which) throws StatusRuntimeException {
        WorkflowClient client = context.getWorkflowClient();
        return client.getWorkflowServiceStubs()
                .blockingStub()
                .withDeadlineAfter(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(client.getOptions().getNamespace())
                        .setExecution(which)
                        .build())
                .getWorkflowExecutionInfo();
    }
}
