package dev.septet.workflows;

import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/**
 * A schedule as {@code septet apply} makes it, which the server that skips time does not have: the
 * same input under the same id, and no start while the one before goes on (overlap SKIP).
 */
@WorkflowInterface
public interface WeeklyStarts {
    /** Starts them, and stays: the server that skips time stands still for an orphan's end. */
    @WorkflowMethod
    void start(Duration first, int weeks);

    /** By timers. */
    final class Impl implements WeeklyStarts {
        @Override
        public void start(Duration first, int weeks) {
            for (int week = 0; week < weeks; week++) {
                Workflow.sleep(week == 0 ? first : Duration.ofDays(7));
                PipelineWorkflow run = Workflow.newChildWorkflowStub(
                        PipelineWorkflow.class,
                        StageStubs.child("hello", "by its schedule")
                                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                                .build());
                Async.function(
                        run::run,
                        PipelineRequest.named("hello")
                                .retraining(new Retraining(Trigger.SCHEDULE, "by its schedule", null, null, -1)));
                try {
                    Workflow.getWorkflowExecution(run).get();
                } catch (ChildWorkflowFailure goesOn) {
                    Workflow.getLogger(WeeklyStarts.class).info("the one before goes on");
                }
            }
            Workflow.await(() -> false);
        }
    }
}
