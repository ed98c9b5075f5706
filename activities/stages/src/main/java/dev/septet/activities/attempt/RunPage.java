package dev.septet.activities.attempt;

import dev.septet.workflows.Progress;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageProgress;
import dev.septet.workflows.WaitReason;
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
 * Tells the run's page how far a stage is, by a signal to the pipeline's workflow. Each signal is
 * some four events of the run's history, so the longer the work takes the rarer they are: the first
 * after five seconds, then every thirtieth of the time so far, ten seconds at least and ten minutes
 * at most: some 270 in a day of training, of which a history holds more than 10,000.
 */
final class RunPage {
    private static final Logger LOG = LoggerFactory.getLogger(RunPage.class);
    private static final String PIPELINE = "Pipeline";
    private static final long FIRST_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long LEAST_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long MOST_NANOS = Duration.ofMinutes(10).toNanos();
    private static final int PART = 30;
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /** Stage, or trial of a stage; deeper are none of ours. */
    private static final int DEEPEST = 3;

    private final ActivityExecutionContext context;
    private final @Nullable String ticket;
    private final long begun;
    private long next;
    private @Nullable Run run;
    private boolean none;

    /**
     * Who is told.
     *
     * @param stage word of the stage that this activity works for
     */
    private record Run(WorkflowExecution pipeline, String stage) {}

    /**
     * @param ticket of the run, without which it takes no message; null where it has none
     * @param now in nanoseconds, as {@link System#nanoTime}
     */
    RunPage(ActivityExecutionContext context, @Nullable String ticket, long now) {
        this.context = context;
        this.ticket = ticket;
        this.begun = now;
        this.next = now + FIRST_NANOS;
    }

    /** The pause after a signal, when the work has taken this long so far. */
    static long pauseNanos(long elapsed) {
        return Math.min(MOST_NANOS, Math.max(LEAST_NANOS, elapsed / PART));
    }

    /**
     * Tells it when it is time; never called from the work's own thread, for the server may be slow
     * to answer.
     */
    synchronized void tell(Progress progress, long now) {
        if (none || now - next < 0) {
            return;
        }
        next = now + pauseNanos(now - begun);
        signal("progress", stage -> new Object[] {new StageProgress(stage, progress, ticket)});
    }

    /** Tells it what the stage waits for, until the next progress. */
    synchronized void waits(String reason) {
        signal("waits", word -> {
            Stage stage = Objects.requireNonNullElse(Stage.of(word), Stage.PREPARE);
            return new Object[] {new WaitReason(stage, reason, List.of()), ticket};
        });
    }

    /**
     * @param value from the word of the stage that this activity works for
     */
    private void signal(String name, Function<String, @Nullable Object[]> value) {
        try {
            Run known = run;
            if (known == null && !none) {
                known = find();
                run = known;
            }
            if (known == null) {
                none = true;
                return;
            }
            context.getWorkflowClient()
                    .newUntypedWorkflowStub(WorkflowTargetOptions.newBuilder()
                            .setWorkflowId(known.pipeline().getWorkflowId())
                            .setRunId(known.pipeline().getRunId())
                            .build())
                    .signal(name, value.apply(known.stage()));
        } catch (RuntimeException away) {
            // The page is late; the work goes on.
            LOG.debug("the run's page cannot be updated: {}", name, away);
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
                return new Run(at, below.toLowerCase(Locale.ROOT));
            }
            if (!workflow.hasParentExecution()) {
                return null;
            }
            below = type;
            at = workflow.getParentExecution();
        }
        return null;
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
