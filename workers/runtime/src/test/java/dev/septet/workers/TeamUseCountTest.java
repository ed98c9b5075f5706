package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.quota.RunUseRecords;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.activities.store.LocalStore;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.quota.QuotaRequest;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker counts while an activity has a slot. */
class TeamUseCountTest {
    private static final RunRef RUN = new RunRef("desk", "run-9", "/srv", "0dd");

    @TempDir
    private Path folder;

    /** An activity on a slot. */
    @ActivityInterface
    public interface Held {
        void hold(QuotaRequest request);
    }

    /** A workflow around it. */
    @WorkflowInterface
    public interface OnSlot {
        @WorkflowMethod
        void run(QuotaRequest request);
    }

    /** It waits for the activity. */
    public static final class OnSlotImpl implements OnSlot {
        @Override
        public void run(QuotaRequest request) {
            Workflow.newActivityStub(
                            Held.class,
                            ActivityOptions.newBuilder()
                                    .setStartToCloseTimeout(Duration.ofMinutes(2))
                                    .setRetryOptions(RetryOptions.newBuilder()
                                            .setMaximumAttempts(1)
                                            .build())
                                    .build())
                    .hold(request);
        }
    }

    /** A kill in the middle of an attempt loses only the time since the last record. */
    @Test
    void theSlotOfARunWithoutATeamIsCountedWhileItIsHeld() throws IOException {
        LocalStore store = new LocalStore(folder);
        UsageRecords records = new UsageRecords(store);
        RunUseRecords own = new RunUseRecords(store, RUN.runId());
        AtomicLong now = new AtomicLong(1_800_000_000_000L);
        TeamUseCount count = new TeamUseCount(
                TaskQueues.TRAINING, () -> records, () -> now.addAndGet(60_000), Duration.ofMillis(10));
        try (TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(count)
                        .build())
                .build())) {
            var worker = server.newWorker(TaskQueues.TRAINING);
            worker.registerWorkflowImplementationTypes(OnSlotImpl.class);
            Held held = request -> await("a record of the slot that is still held")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> own.sum().isPresent());
            worker.registerActivitiesImplementations(held);
            server.start();
            server.getWorkflowClient()
                    .newWorkflowStub(
                            OnSlot.class,
                            WorkflowOptions.newBuilder()
                                    .setTaskQueue(TaskQueues.TRAINING)
                                    .build())
                    .run(new QuotaRequest(RUN, "train", 0));
        }

        assertThat(own.sum())
                .hasValueSatisfying(use -> assertThat(use.gpuHours()).isGreaterThan(1 / 60.0 - 1e-9));
        assertThat(records.teams()).isEmpty();
    }
}
