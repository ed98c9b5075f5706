package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.local.RealServer;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInfo;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a dead worker was at is tried again at once, long before its heartbeats time out. */
@Tag("long")
@Timeout(240)
class LostActivitiesTest {
    private static final String QUEUE = "work";

    @TempDir
    private Path folder = Path.of("");

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
        private final Work work = Workflow.newActivityStub(
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
        Work work = () -> {
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
            WorkerFactory factory = WorkerFactory.newInstance(
                    client,
                    WorkerFactoryOptions.newBuilder()
                            .setWorkerInterceptors(new RunningActivities(file))
                            .build());
            Worker worker = factory.newWorker(QUEUE);
            worker.registerWorkflowImplementationTypes(AroundImpl.class);
            worker.registerActivitiesImplementations(work);
            factory.start();
            Around around = client.newWorkflowStub(
                    Around.class,
                    WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());
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
    void whatCrashesTheWorkerTwiceIsNotRunAgainWhileOthersGoOn() throws Exception {
        StateFolder state = new StateFolder(folder);
        Path file = RunningActivities.file(state, "training");
        Semaphore begun = new Semaphore(0);
        CountDownLatch released = new CountDownLatch(1);
        Work work = () -> {
            ActivityInfo info = Activity.getExecutionContext().getInfo();
            if (String.valueOf(info.getWorkflowId()).equals("innocent")) {
                return info.getAttempt();
            }
            begun.release();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return info.getAttempt();
        };
        try (RealServer server = RealServer.start(folder)) {
            WorkflowClient client = server.connection().client();
            WorkerFactory factory = WorkerFactory.newInstance(
                    client,
                    WorkerFactoryOptions.newBuilder()
                            .setWorkerInterceptors(new RunningActivities(file))
                            .build());
            Worker worker = factory.newWorker(QUEUE);
            worker.registerWorkflowImplementationTypes(AroundImpl.class);
            worker.registerActivitiesImplementations(work);
            factory.start();
            var poisoned = WorkflowClient.execute(around(client, "poisoned")::run);
            begun.acquire();

            LostActivities.report(client, state, "training", 134);
            begun.acquire(); // a second attempt
            // Somebody's kill in between counts for nothing, for or against it.
            only(file, 2);
            LostActivities.report(client, state, "training", 137);
            begun.acquire();
            only(file, 3);
            LostActivities.report(client, state, "training", 139);

            assertThatThrownBy(poisoned::get)
                    .rootCause()
                    .isInstanceOf(ApplicationFailure.class)
                    .hasMessageContaining("Attempt of poisoned was running in 2 crashes of the training worker in"
                            + " a row (signal 11); it is not run again")
                    .hasMessageContaining("training.out");
            assertThat(WorkflowClient.execute(around(client, "innocent")::run).get())
                    .isEqualTo(1);
            released.countDown();
            factory.shutdown();
            factory.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void amongOthersOrAfterLongWorkACrashCountsLess() throws IOException {
        CrashRecord record = CrashRecord.of(new StateFolder(folder), "training");
        RunningActivity one = activity("1");
        RunningActivity other = activity("2");

        assertThat(record.crashed(List.of(one, other), Duration.ZERO)).containsValue(1);
        int second = record.crashed(List.of(one, other), Duration.ZERO).getOrDefault(CrashRecord.key(one), 0);
        assertThat(CrashRecord.isPoisoned(second, 2)).isFalse();
        assertThat(CrashRecord.isPoisoned(second, 1)).isTrue();
        int third = record.crashed(List.of(one), Duration.ZERO).getOrDefault(CrashRecord.key(one), 0);
        assertThat(CrashRecord.isPoisoned(third, 2)).isTrue();
        assertThat(record.crashed(List.of(one), Duration.ofHours(1))).containsValue(1);
        assertThat(record.crashed(List.of(other), Duration.ZERO))
                .as("it was not running in the crash before")
                .containsValue(1);
        assertThat(CrashRecord.isCrash(137)).isFalse();
        assertThat(CrashRecord.isCrash(143)).isFalse();
        assertThat(CrashRecord.isCrash(1)).isFalse();
    }

    private static RunningActivity activity(String id) {
        return new RunningActivity("default", "w", "r", id, "Train", 1, "");
    }

    private static Around around(WorkflowClient client, String id) {
        return client.newWorkflowStub(
                Around.class,
                WorkflowOptions.newBuilder()
                        .setTaskQueue(QUEUE)
                        .setWorkflowId(id)
                        .build());
    }

    /** The dead attempts of this test live on as threads; their process would have taken them. */
    private static void only(Path file, int attempt) throws IOException {
        List<RunningActivity> last = RunningActivities.read(file).stream()
                .filter(activity -> activity.attempt() == attempt)
                .toList();
        Files.writeString(file, SpecJson.mapper().writeValueAsString(last));
    }

    @Test
    void aFileThatWasNeverWrittenMeansNothingWasLost() throws IOException {
        assertThat(RunningActivities.read(folder.resolve("none"))).isEmpty();
        assertThat(Files.exists(folder.resolve("none"))).isFalse();
    }
}
