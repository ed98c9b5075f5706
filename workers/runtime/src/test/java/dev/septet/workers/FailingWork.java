package dev.septet.workers;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/** Work that fails, and a workflow around it, for tests of what becomes of failures. */
@ActivityInterface
public interface FailingWork {
    String QUEUE = "failing";

    String fail();

    /** A workflow around it; its attempts are an hour apart. */
    @WorkflowInterface
    interface Around {
        @WorkflowMethod
        String run();
    }

    /** A workflow around it. */
    final class AroundImpl implements Around {
        private final FailingWork work = Workflow.newActivityStub(
                FailingWork.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofHours(1))
                        .setHeartbeatTimeout(Duration.ofSeconds(30))
                        .setRetryOptions(RetryOptions.newBuilder()
                                .setInitialInterval(Duration.ofHours(1))
                                .build())
                        .build());

        @Override
        public String run() {
            return work.fail();
        }
    }
}
