package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.local.RealServer;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a dead worker was at is tried again at once, long before its heartbeats time out. */
@Timeout(60)
class LostActivitiesTest {
    private static final String QUEUE = "work";

    @TempDir private Path folder = Path.of("");

    /** Work that hangs in its first attempt, as if its process were gone. */
    @ActivityInterface
    public interface Work {
        int attempt();
    }

    /** A workflow around it. */
    @WorkflowInterface
    public interface Around {
        @WorkflowMethod
        int run();
    }

    /** A workflow around it. */
    public static final class AroundImpl implements Around {
        private final Work work =
                Workflow.newActivityStub(
                        Work.class,
                        ActivityOptions.newBuilder()
                                .setStartToCloseTimeout(Duration.ofHours(1))
                                .build());

        @Override
        public int run() {
            return work.attempt();
        }
    }

    @Test
    void theNextAttemptStartsAtOnce() throws Exception {
        StateFolder state = new StateFolder(folder);
        Path file = RunningActivities.file(state, "training");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Work work =
                () -> {
                    int attempt = Activity.getExecutionContext().getInfo().getAttempt();
                    if (attempt == 1) {
                        begun.countDown();
                        try {
                            released.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                    return attempt;
                };
        try (RealServer server = RealServer.start(folder)) {
            WorkflowClient client = server.connection().client();
            WorkerFactory factory =
                    WorkerFactory.newInstance(
                            client,
                            WorkerFactoryOptions.newBuilder()
                                    .setWorkerInterceptors(new RunningActivities(file))
                                    .build());
            Worker worker = factory.newWorker(QUEUE);
            worker.registerWorkflowImplementationTypes(AroundImpl.class);
            worker.registerActivitiesImplementations(work);
            factory.start();
            Around around =
                    client.newWorkflowStub(
                            Around.class, WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());
            var result = WorkflowClient.execute(around::run);
            begun.await();
            assertThat(RunningActivities.read(file))
                    .singleElement()
                    .matches(activity -> activity.type().equals("Attempt"));

            LostActivities.report(client, state, "training", 137);

            assertThat(result.get()).isEqualTo(2);
            released.countDown();
            factory.shutdown();
            factory.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aFileThatWasNeverWrittenMeansNothingWasLost() throws IOException {
        assertThat(RunningActivities.read(folder.resolve("none"))).isEmpty();
        assertThat(Files.exists(folder.resolve("none"))).isFalse();
    }
}
