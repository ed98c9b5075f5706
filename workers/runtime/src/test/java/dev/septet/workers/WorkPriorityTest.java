package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.monitor.AlarmSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workers.local.RealServer;
import dev.septet.workers.observe.Instruments;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WorkPriority;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.monitor.DriftAlarm;
import dev.septet.workflows.monitor.MonitorActivities;
import dev.septet.workflows.monitor.MonitorRequest;
import dev.septet.workflows.monitor.MonitorWorkflowImpl;
import dev.septet.workflows.monitor.Observation;
import dev.septet.workflows.payload.SeptetDataConverter;
import dev.septet.workflows.retrain.RetrainHistory;
import dev.septet.workflows.retrain.RunQueue;
import io.temporal.activity.ActivityInterface;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.Priority;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Five trainings wait for the one device when a check comes; on a real server. */
@Timeout(90)
@Tag("long")
class WorkPriorityTest {
    private static final int TRAININGS = 5;

    /** A busy machine loads classes slowly; that is no deadlock. */
    private static final long PATIENCE_MILLIS = 60_000;

    @TempDir
    private Path folder = Path.of("");

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
            StagePolicy policy = new StagePolicy(
                    Duration.ofMinutes(1), Duration.ofMinutes(1), 1, Duration.ofSeconds(1), StagePolicy.DEFAULT_FACTOR);
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

    /** Counts the checks; there are never enough requests. */
    private record Checks(AtomicInteger all) implements MonitorActivities {
        @Override
        public Observation count(MonitorRequest request) {
            all.incrementAndGet();
            return new Observation(0, false, request.cursor(), List.of());
        }

        @Override
        public Observation observe(MonitorRequest request) {
            return count(request);
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
            Worker training = factory.newWorker(TaskQueues.TRAINING, oneAtATime());
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

    /** Team `many` queues 50 trainings before team `few` queues 5, and somebody waits for an interactive run. */
    @Test
    @Timeout(300)
    void teamsTakeTurnsAndAMoreUrgentRunGoesFirst() throws IOException {
        Device device = new Device();
        device.release.countDown();
        try (RealServer server = RealServer.start(folder)) {
            WorkflowClient client = server.connection().client();
            WorkerFactory queueing = WorkerFactory.newInstance(client);
            Worker light = queueing.newWorker(
                    TaskQueues.LIGHT,
                    WorkerOptions.newBuilder()
                            .setDefaultDeadlockDetectionTimeout(PATIENCE_MILLIS)
                            .build());
            light.registerWorkflowImplementationTypes(AskingImpl.class);
            queueing.start();
            List<WorkflowStub> all = new ArrayList<>();
            for (int at = 0; at < 50; at++) {
                all.add(begin(client, "many " + at, share(3, "many")));
            }
            awaitQueued(client, all);
            for (int at = 0; at < 5; at++) {
                all.add(begin(client, "few " + at, share(3, "few")));
            }
            all.add(begin(client, "urgent", share(2, "many")));
            awaitQueued(client, all);

            WorkerFactory working = WorkerFactory.newInstance(client);
            working.newWorker(TaskQueues.TRAINING, oneAtATime()).registerActivitiesImplementations(device);
            working.start();
            all.forEach(run -> run.getResult(Void.class));

            assertThat(device.order).hasSize(56).startsWith("urgent");
            assertThat(device.order.subList(1, 15))
                    .as("in turns")
                    .contains("few 0", "few 1", "few 2", "few 3", "few 4");
            working.shutdownNow();
            queueing.shutdownNow();
            working.awaitTermination(10, TimeUnit.SECONDS);
            queueing.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    private static void awaitQueued(WorkflowClient client, List<WorkflowStub> all) {
        for (WorkflowStub run : all) {
            await().atMost(Duration.ofMillis(PATIENCE_MILLIS)).until(() -> pending(client, run) == 1);
        }
    }

    private static Priority share(int key, String team) {
        return Priority.newBuilder().setPriorityKey(key).setFairnessKey(team).build();
    }

    private static WorkflowStub begin(WorkflowClient client, String name, Priority share) {
        WorkflowStub run = client.newUntypedWorkflowStub(
                "Asking",
                WorkflowOptions.newBuilder()
                        .setWorkflowId(name + "/run")
                        .setTaskQueue(TaskQueues.LIGHT)
                        .setPriority(share)
                        .build());
        run.start(name, WorkPriority.TRAIN);
        return run;
    }

    @ParameterizedTest
    @CsvSource({"PSI,PROMPT_LENGTH", "PERPLEXITY,PROMPT_LOSS"})
    void aCheckEndsWhileATrainingHasTheOnlyDevice(DriftSpec.Detector detector, DriftSpec.Feature feature)
            throws IOException {
        Device device = new Device();
        AtomicInteger checks = new AtomicInteger();
        MonitorActivities monitor = new Checks(checks);
        try (RealServer server = RealServer.start(folder)) {
            WorkflowClient client = WorkflowClient.newInstance(
                    server.connection().client().getWorkflowServiceStubs(),
                    WorkflowClientOptions.newBuilder()
                            .setDataConverter(SeptetDataConverter.create())
                            .build());
            WorkerFactory factory = WorkerFactory.newInstance(client);
            Worker light = factory.newWorker(TaskQueues.LIGHT);
            light.registerWorkflowImplementationTypes(AskingImpl.class, MonitorWorkflowImpl.class);
            light.registerActivitiesImplementations(monitor);
            Worker training = factory.newWorker(TaskQueues.TRAINING, oneAtATime());
            training.registerActivitiesImplementations(device, monitor);
            factory.start();
            WorkflowStub run = begin(client, "running", WorkPriority.TRAIN);
            await().atMost(Duration.ofSeconds(30)).until(() -> device.order.size() == 1);

            client.newUntypedWorkflowStub(
                            "Monitor",
                            WorkflowOptions.newBuilder()
                                    .setWorkflowId("desk/monitor")
                                    .setTaskQueue(TaskQueues.LIGHT)
                                    .build())
                    .start(watching(new DriftSpec(detector, feature, 0.2)));

            await().atMost(Duration.ofSeconds(30)).until(() -> checks.get() >= 2);
            device.release.countDown();
            run.getResult(Void.class);
            factory.shutdownNow();
            factory.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void bothKindsOfWorkersCheckModels() {
        Implementations ours = Implementations.of(
                WorkerSettings.of(Role.ALL, new StateFolder(folder), List.of()),
                null,
                new Shutdown(),
                Instruments.NONE);

        assertThat(ours.light()).hasAtLeastOneElementOfType(MonitorActivities.class);
        assertThat(ours.training()).hasAtLeastOneElementOfType(MonitorActivities.class);
    }

    private static MonitorRequest watching(DriftSpec drift) {
        ArtifactRef files = new ArtifactRef("file:///none", "0".repeat(64), 1);
        Origin origin = new Origin("0".repeat(64), null, "test");
        return new MonitorRequest(
                new RunRef("desk", "run-1", "/srv/desk", "0dd"),
                new MonitorSpec(
                        Duration.ofSeconds(1),
                        null,
                        100,
                        List.of(drift),
                        AlarmSpec.DEFAULT,
                        null,
                        null,
                        MonitorSpec.DEFAULT_POLICY),
                SetupSpec.DEFAULT,
                new DatasetRef(files, 1, 0, 0, 1, 1, 0, 0, 0, origin),
                new ModelRef(files, "llama", 1, 1, "mit", 1, 1, origin),
                new CheckpointRef(files, true, files, 1, 0.5, null, "steps", origin),
                PipelineRequest.named("desk"),
                0,
                0,
                RetrainHistory.NONE,
                RunQueue.NONE,
                null,
                DriftAlarm.QUIET,
                List.of());
    }

    private static WorkerOptions oneAtATime() {
        return WorkerOptions.newBuilder()
                .setMaxConcurrentActivityExecutionSize(1)
                .setMaxConcurrentActivityTaskPollers(1)
                .setDisableEagerExecution(true)
                .build();
    }

    private static WorkflowStub begin(WorkflowClient client, String name, WorkPriority priority) {
        WorkflowStub run = client.newUntypedWorkflowStub(
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
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(client.getOptions().getNamespace())
                        .setExecution(WorkflowExecution.newBuilder()
                                .setWorkflowId(run.getExecution().getWorkflowId()))
                        .build())
                .getPendingActivitiesCount();
    }
}
