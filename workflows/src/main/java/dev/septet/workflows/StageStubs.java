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

/** Converts a stage's policy and a run's share of the workers to Temporal options. No other class does. */
public final class StageStubs {
    private StageStubs() {}

    /**
     * Activities of a stage.
     *
     * @param queue their task queue
     * @param summary their summary in the Web UI, at most 200 bytes
     */
    public static <A> A activities(Class<A> type, StagePolicy policy, String queue, String summary) {
        return activities(type, policy, queue, summary, WorkPriority.TRAIN);
    }

    /** Activities of a stage with a priority in their queue. */
    public static <A> A activities(
            Class<A> type, StagePolicy policy, String queue, String summary, WorkPriority priority) {
        return stub(type, policy, policy.attempts(), queue, null, summary, priority);
    }

    /**
     * Activities of a stage that count their attempts themselves, by how each one ended. The server would count every
     * attempt, also those ended by a shutdown or a full disk.
     */
    public static <A> A counted(Class<A> type, StagePolicy policy, String queue, String summary) {
        return counted(type, policy, queue, summary, WorkPriority.TRAIN);
    }

    /** Activities that count their attempts, with a priority in their queue. */
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
         * @param patience how long an activity waits there for a worker, null = without a limit
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
                        .setPriority(RunShare.activity(priority))
                        .build());
    }

    /** A stage's workflow, with the id {@code <pipeline>/<run>/<stage>}. */
    public static <W> W stage(Class<W> type, RunRef run, Stage stage, String summary) {
        return Workflow.newChildWorkflowStub(
                type,
                child(id(run, stage), summary)
                        .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL)
                        .setCancellationType(ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED)
                        .build());
    }

    /** The id of a stage's workflow. */
    public static String id(RunRef run, Stage stage) {
        return run.pipeline() + "/" + run.runId() + "/" + stage.word();
    }

    /** Options of any child workflow on the light queue. */
    public static ChildWorkflowOptions.Builder child(String id, String summary) {
        return ChildWorkflowOptions.newBuilder()
                .setWorkflowId(id)
                .setTaskQueue(TaskQueues.LIGHT)
                .setPriority(RunShare.child())
                .setStaticSummary(summary);
    }
}
