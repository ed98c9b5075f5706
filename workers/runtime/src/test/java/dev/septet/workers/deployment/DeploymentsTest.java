package dev.septet.workers.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.septet.workers.local.RealServer;
import dev.septet.workers.version.WorkerVersion;
import dev.septet.workflows.TaskQueues;
import io.grpc.StatusRuntimeException;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.VersioningBehavior;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import io.temporal.workflow.WorkflowVersioningBehavior;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Versions of workers on a real server, with workflows of Septet's types that only wait. */
@Timeout(420)
@Tag("long")
class DeploymentsTest {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final WorkerVersion ONE = new WorkerVersion("septet", "1");
    private static final WorkerVersion TWO = new WorkerVersion("septet", "2.0");

    @TempDir
    private Path folder = Path.of("");

    private final Map<WorkerVersion, WorkerFactory> workers = new HashMap<>();

    /** A run that waits. */
    @WorkflowInterface
    public interface Pipeline {
        @WorkflowMethod(name = "Pipeline")
        String run(String name);

        @SignalMethod
        void go();
    }

    /** A stage that waits. */
    @WorkflowInterface
    public interface Train {
        @WorkflowMethod(name = "Train")
        String train();

        @SignalMethod
        void go();
    }

    /** A monitor that checks until it is told to continue as new. */
    @WorkflowInterface
    public interface Monitor {
        @WorkflowMethod(name = "Monitor")
        void monitor(String pipeline);

        @SignalMethod
        void retrain(String id);
    }

    /** What workers without a version do for all runs. */
    @ActivityInterface
    public interface Work {
        void work();
    }

    /** A run with a stage and a monitor. */
    public static class PipelineImpl implements Pipeline {
        private boolean going;

        @Override
        public String run(String name) {
            String id = Workflow.getInfo().getWorkflowId();
            Train train = Workflow.newChildWorkflowStub(Train.class, child(id + "/train"));
            Monitor monitor = Workflow.newChildWorkflowStub(Monitor.class, child(id + "/monitor"));
            Async.function(train::train);
            Workflow.getWorkflowExecution(train).get();
            Async.procedure(monitor::monitor, name);
            Workflow.getWorkflowExecution(monitor).get();
            Workflow.await(() -> going);
            Workflow.newActivityStub(
                            Work.class,
                            ActivityOptions.newBuilder()
                                    .setTaskQueue(TaskQueues.TRAINING)
                                    .setStartToCloseTimeout(Duration.ofMinutes(1))
                                    .build())
                    .work();
            return name;
        }

        @Override
        public void go() {
            going = true;
        }
    }

    /** Waits. */
    public static final class TrainImpl implements Train {
        private boolean going;

        @Override
        public String train() {
            Workflow.await(() -> going);
            return "trained";
        }

        @Override
        public void go() {
            going = true;
        }
    }

    /** Wakes twice a second, as a monitor does at its intervals. */
    public static class MonitorImpl implements Monitor {
        private @Nullable String retraining;

        @Override
        public void monitor(String pipeline) {
            for (int checks = 0; checks < 20; checks++) {
                Workflow.sleep(Duration.ofMillis(500));
                String id = retraining;
                if (id != null) {
                    retraining = null;
                    Pipeline next = Workflow.newChildWorkflowStub(Pipeline.class, child(id));
                    Async.function(next::run, pipeline);
                    Workflow.getWorkflowExecution(next).get();
                }
            }
            Workflow.continueAsNew(pipeline);
        }

        @Override
        public void retrain(String id) {
            retraining = id;
        }
    }

    /** On workers with a version. */
    public static final class UpgradedMonitor extends MonitorImpl {
        @Override
        @WorkflowVersioningBehavior(VersioningBehavior.AUTO_UPGRADE)
        public void monitor(String pipeline) {
            super.monitor(pipeline);
        }
    }

    private static ChildWorkflowOptions child(String id) {
        return ChildWorkflowOptions.newBuilder()
                .setWorkflowId(id)
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                .build();
    }

    @Test
    void runsStayMonitorsMoveAndMissingWorkersAreNamed() throws IOException {
        try (RealServer server = RealServer.start(folder)) {
            var connection = server.connection();
            WorkflowClient client = connection.client();
            Deployments deployments = new Deployments(connection);
            RunVersion versions = new RunVersion(connection);
            assertThat(deployments.all()).isEmpty();

            WorkerFactory training = WorkerFactory.newInstance(client);
            training.newWorker(TaskQueues.TRAINING).registerActivitiesImplementations((Work) () -> {});
            training.start();
            WorkerFactory unversioned = start(client, null);
            WorkflowStub before = begin(client, "before");
            await().atMost(SOON).until(() -> info(client, "before/monitor").isPresent());
            start(client, ONE);
            await().atMost(SOON)
                    .until(() ->
                            state(deployments, ONE).filter(VersionState::polled).isPresent());
            assertThat(state(deployments, ONE).orElseThrow().state()).isEqualTo("inactive");
            stop(unversioned);
            assertThat(MissingWorkers.in(connection, TaskQueues.LIGHT, null)).isEmpty(); // it polled a moment ago

            deployments.makeCurrent("septet", ONE, false);
            before.signal("go");
            assertThat(before.getResult(String.class))
                    .as("a run that had no version")
                    .isEqualTo("before");
            WorkflowStub first = begin(client, "first");
            await().atMost(SOON).until(() -> pinned(client, "first").equals(Optional.of(ONE)));
            await().atMost(SOON).until(() -> pinned(client, "first/train").equals(Optional.of(ONE)));
            await().atMost(SOON).until(() -> running(client, "first/monitor").equals("1"));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(state(deployments, ONE).orElseThrow())
                            .returns("current", VersionState::state)
                            .returns(1L, VersionState::pinned)
                            .returns(List.of("first"), VersionState::runs));

            start(client, TWO);
            await().atMost(SOON)
                    .until(() ->
                            state(deployments, TWO).filter(VersionState::polled).isPresent());
            deployments.makeCurrent("septet", TWO, false);
            begin(client, "second");
            await().atMost(SOON).until(() -> pinned(client, "second").equals(Optional.of(TWO)));
            await().atMost(SOON).until(() -> running(client, "first/monitor").equals("2.0"));
            client.newUntypedWorkflowStub("first/monitor").signal("retrain", "first/retrain");
            await().atMost(SOON).until(() -> pinned(client, "first/retrain").equals(Optional.of(TWO)));
            assertThat(pinned(client, "first")).contains(ONE);
            assertThat(state(deployments, ONE).orElseThrow().state()).isEqualTo("draining");

            stop(Objects.requireNonNull(workers.remove(ONE)));
            first.signal("go");
            var missing = new MissingWorkers(TaskQueues.LIGHT, ONE, true, null);
            assertThat(MissingWorkers.in(connection, TaskQueues.LIGHT, TWO)).isEmpty();
            assertThat(MissingWorkers.in(connection, TaskQueues.TRAINING, ONE))
                    .as("workers without a version, where the version has none")
                    .isEmpty();
            await().atMost(SOON)
                    .until(() -> MissingWorkers.in(connection, TaskQueues.LIGHT, ONE, Duration.ofSeconds(1))
                            .equals(Optional.of(missing)));

            assertThat(versions.move("first", TWO)).containsExactlyInAnyOrder("first", "first/train");
            assertThat(first.getResult(String.class)).isEqualTo("first");
            assertThat(pinned(client, "first/train")).contains(TWO);
            WorkerVersion never = new WorkerVersion("septet", "3");
            assertThatThrownBy(() -> deployments.makeCurrent("septet", never, false))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("3");
            workers.values().forEach(DeploymentsTest::stop);
            stop(training);
        }
    }

    private WorkerFactory start(WorkflowClient client, @Nullable WorkerVersion version) {
        WorkerFactory factory = WorkerFactory.newInstance(client);
        WorkerOptions.Builder options = WorkerOptions.newBuilder();
        if (version != null) {
            options.setDeploymentOptions(version.options());
            workers.put(version, factory);
        }
        Worker worker = factory.newWorker(TaskQueues.LIGHT, options.build());
        worker.registerWorkflowImplementationTypes(PipelineImpl.class, TrainImpl.class);
        worker.registerWorkflowImplementationTypes(version == null ? MonitorImpl.class : UpgradedMonitor.class);
        factory.start();
        return factory;
    }

    private static void stop(WorkerFactory factory) {
        factory.shutdownNow();
        factory.awaitTermination(10, TimeUnit.SECONDS);
    }

    private static WorkflowStub begin(WorkflowClient client, String id) {
        WorkflowStub run = client.newUntypedWorkflowStub(
                "Pipeline",
                WorkflowOptions.newBuilder()
                        .setWorkflowId(id)
                        .setTaskQueue(TaskQueues.LIGHT)
                        .build());
        run.start(id);
        return run;
    }

    private static Optional<VersionState> state(Deployments deployments, WorkerVersion version) {
        return deployments.all().stream()
                .flatMap(deployment -> deployment.versions().stream())
                .filter(state -> state.version().equals(version))
                .findFirst();
    }

    private static Optional<WorkerVersion> pinned(WorkflowClient client, String id) {
        return info(client, id).flatMap(RunVersion::pinned);
    }

    /** The build that completed the newest workflow task. */
    private static String running(WorkflowClient client, String id) {
        return info(client, id)
                .map(info -> info.getVersioningInfo().getDeploymentVersion().getBuildId())
                .orElse("");
    }

    private static Optional<WorkflowExecutionInfo> info(WorkflowClient client, String id) {
        try {
            return Optional.of(client.getWorkflowServiceStubs()
                    .blockingStub()
                    .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                            .setNamespace("default")
                            .setExecution(WorkflowExecution.newBuilder().setWorkflowId(id))
                            .build())
                    .getWorkflowExecutionInfo());
        } catch (StatusRuntimeException notYet) {
            return Optional.empty();
        }
    }
}
