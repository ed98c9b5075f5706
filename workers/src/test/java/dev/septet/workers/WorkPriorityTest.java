package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.dsl.spec.StagePolicy;
import dev.septet.workers.local.RealServer;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WorkPriority;

import io.temporal.activity.ActivityInterface;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Five trainings wait for the one device when a check comes; on a real server. */
@Timeout(90)
class WorkPriorityTest {
    private static final int TRAININGS = 5;

    @TempDir private Path folder = Path.of("");

    /** One activity of this priority. */
    @WorkflowInterface
    public interface Asking {
        /** Waits for it. */
        @WorkflowMethod
        void ask(String name, WorkPriority priority);
    }

    /** By the stubs that all stages use. */
    public static final class AskingImpl implements Asking {
        @Override
        public void ask(String name, WorkPriority priority) {
            StagePolicy policy =
                    new StagePolicy(
                            Duration.ofMinutes(1),
                            Duration.ofMinutes(1),
                            1,
                            Duration.ofSeconds(1),
                            StagePolicy.DEFAULT_FACTOR);
            StageStubs.activities(Work.class, policy, TaskQueues.TRAINING, name, priority)
                    .work(name);
        }
    }

    /** What the device does. */
    @ActivityInterface
    public interface Work {
        /** Does it. */
        void work(String name);
    }

    /** Notes the order; the first one holds the device until it is told to let go. */
    private static final class Device implements Work {
        private final List<String> order = new CopyOnWriteArrayList<>();
        private final CountDownLatch release = new CountDownLatch(1);

        @Override
        public void work(String name) {
            order.add(name);
            try {
                assertThat(release.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void aCheckAndAnEvaluationGoBeforeTheTrainingsThatWait() throws IOException {
        Device device = new Device();
        try (RealServer server = RealServer.start(folder)) {
            WorkflowClient client = server.connection().client();
            WorkerFactory factory = WorkerFactory.newInstance(client);
            Worker light = factory.newWorker(TaskQueues.LIGHT);
            light.registerWorkflowImplementationTypes(AskingImpl.class);
            Worker training =
                    factory.newWorker(
                            TaskQueues.TRAINING,
                            WorkerOptions.newBuilder()
                                    .setMaxConcurrentActivityExecutionSize(1)
                                    .setMaxConcurrentActivityTaskPollers(1)
                                    .setDisableEagerExecution(true)
                                    .build());
            training.registerActivitiesImplementations(device);
            factory.start();
            List<WorkflowStub> all = new ArrayList<>();
            all.add(begin(client, "running", WorkPriority.TRAIN));
            await().atMost(Duration.ofSeconds(30)).until(() -> device.order.size() == 1);
            for (int at = 0; at < TRAININGS; at++) {
                all.add(begin(client, "training " + at, WorkPriority.TRAIN));
            }
            all.add(begin(client, "evaluation", WorkPriority.FINISH));
            all.add(begin(client, "check", WorkPriority.CHECK));
            for (WorkflowStub run : all) {
                await().atMost(Duration.ofSeconds(30)).until(() -> pending(client, run) == 1);
            }

            device.release.countDown();
            all.forEach(run -> run.getResult(Void.class));

            assertThat(device.order).hasSize(TRAININGS + 3).startsWith("running");
            assertThat(device.order.subList(1, 3)).containsExactly("check", "evaluation");
            factory.shutdownNow();
            factory.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    private static WorkflowStub begin(WorkflowClient client, String name, WorkPriority priority) {
        WorkflowStub run =
                client.newUntypedWorkflowStub(
                        "Asking",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(name + "/run")
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build());
        run.start(name, priority);
        return run;
    }

    private static int pending(WorkflowClient client, WorkflowStub run) {
        return client.getWorkflowServiceStubs()
                .blockingStub()
                .describeWorkflowExecution(
                        DescribeWorkflowExecutionRequest.newBuilder()
                                .setNamespace(client.getOptions().getNamespace())
                                .setExecution(
                                        WorkflowExecution.newBuilder()
                                                .setWorkflowId(run.getExecution().getWorkflowId()))
                                .build())
                .getPendingActivitiesCount();
    }
}
