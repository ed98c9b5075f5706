package dev.septet.workflows;

import dev.septet.dsl.pipeline.StagePolicy;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The one place where a stage's policy becomes Temporal options, word by word. */
public final class StageStubs {
    private StageStubs() {}

    /**
     * Activities of a stage.
     *
     * @param queue where they run
     * @param summary what the Web UI shows beside them, at most 200 bytes
     */
    public static <A> A activities(Class<A> type, StagePolicy policy, String queue, String summary) {
        return activities(type, policy, queue, summary, WorkPriority.TRAIN);
    }

    /** The same, given out before or after others of its queue. */
    public static <A> A activities(
            Class<A> type, StagePolicy policy, String queue, String summary, WorkPriority priority) {
        return stub(type, policy, policy.attempts(), queue, null, summary, priority);
    }

    /**
     * Activities of a stage that count their attempts themselves, by what each ended with: the
     * server counts every attempt alike, a shutdown and a full disk as well.
     */
    public static <A> A counted(Class<A> type, StagePolicy policy, String queue, String summary) {
        return counted(type, policy, queue, summary, WorkPriority.TRAIN);
    }

    /** The same, given out before or after others of its queue. */
    public static <A> A counted(
            Class<A> type, StagePolicy policy, String queue, String summary, WorkPriority priority) {
        return stub(type, policy, 0, queue, null, summary, priority);
    }

    /** Activities of a stage whose queue is not known yet. */
    @FunctionalInterface
    public interface Queued<A> {
        /**
         * The activities on a queue.
         *
         * @param patience how long one waits there for a worker, null = for ever
         */
        A on(String queue, @Nullable Duration patience);
    }

    /** The same as {@link #activities}, on a queue that is chosen later. */
    public static <A> Queued<A> queued(Class<A> type, StagePolicy policy, String summary, WorkPriority priority) {
        return (queue, patience) -> stub(type, policy, policy.attempts(), queue, patience, summary, priority);
    }

    /** The same as {@link #counted}, on a queue that is chosen later. */
    public static <A> Queued<A> countedQueued(Class<A> type, StagePolicy policy, String summary) {
        return (queue, patience) -> stub(type, policy, 0, queue, patience, summary, WorkPriority.TRAIN);
    }

    private static <A> A stub(
            Class<A> type,
            StagePolicy policy,
            int attempts,
            String queue,
            @Nullable Duration patience,
            String summary,
            WorkPriority priority) {
        ActivityOptions.Builder options = ActivityOptions.newBuilder();
        if (patience != null) {
            options.setScheduleToStartTimeout(patience);
        }
        return Workflow.newActivityStub(
                type,
                options.setTaskQueue(queue)
                        .setStartToCloseTimeout(policy.timeout())
                        .setHeartbeatTimeout(policy.heartbeat())
                        .setRetryOptions(RetryOptions.newBuilder()
                                .setMaximumAttempts(attempts)
                                .setInitialInterval(policy.backoff())
                                .setBackoffCoefficient(policy.factor())
                                .build())
                        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                        .setSummary(summary)
                        .setPriority(priority.of())
                        .build());
    }

    /** A stage's workflow, under the id {@code <pipeline>/<run>/<stage>}. */
    public static <W> W stage(Class<W> type, RunRef run, Stage stage, String summary) {
        return Workflow.newChildWorkflowStub(
                type,
                child(id(run, stage), summary)
                        .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL)
                        .setCancellationType(ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED)
                        .build());
    }

    /** Id of a stage's workflow. */
    public static String id(RunRef run, Stage stage) {
        return run.pipeline() + "/" + run.runId() + "/" + stage.word();
    }

    /** Options of any child on the light queue. */
    public static ChildWorkflowOptions.Builder child(String id, String summary) {
        return ChildWorkflowOptions.newBuilder()
                .setWorkflowId(id)
                .setTaskQueue(TaskQueues.LIGHT)
                .setStaticSummary(summary);
    }
}
