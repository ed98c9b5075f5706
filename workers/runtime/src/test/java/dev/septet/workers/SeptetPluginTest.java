package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.uber.m3.tally.RootScopeBuilder;
import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.authority.Authority;
import dev.septet.activities.authority.RunKey;
import dev.septet.activities.host.Hosts;
import dev.septet.activities.store.LocalStore;
import dev.septet.workers.version.WorkerVersion;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.PipelineWorkflow;
import dev.septet.workflows.Progress;
import dev.septet.workflows.SeptetWorkflows;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.forget.UpgradedForgetWorkflow;
import dev.septet.workflows.host.Host;
import dev.septet.workflows.monitor.UpgradedMonitorWorkflow;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.common.VersioningBehavior;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import io.temporal.failure.ApplicationFailure;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerDeploymentOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import io.temporal.workflow.WorkflowVersioningBehavior;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program that embeds Septet keeps for itself. */
class SeptetPluginTest {
    private static final String QUEUE = "orders";
    private static final int LONG = 300 * 1024;

    @TempDir
    private Path folder;

    @WorkflowInterface
    public interface Close {
        @WorkflowMethod
        String close(Instant day, boolean fails);
    }

    @ActivityInterface
    public interface Books {
        Entry enter(Instant day, Optional<String> note, boolean fails);
    }

    /** Neither Septet's JSON nor its limit would take it. */
    public record Entry(Instant at, Optional<String> note) {}

    public static final class CloseImpl implements Close {
        private final Books books = Workflow.newActivityStub(
                Books.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(1))
                        .setRetryOptions(
                                RetryOptions.newBuilder().setMaximumAttempts(1).build())
                        .build());

        @Override
        public String close(Instant day, boolean fails) {
            Entry entry = books.enter(day, Optional.of("n".repeat(LONG)), fails);
            return entry.at() + " " + entry.note().orElseThrow().length();
        }
    }

    public static final class BooksImpl implements Books {
        @Override
        public Entry enter(Instant day, Optional<String> note, boolean fails) {
            if (fails) {
                throw ApplicationFailure.newFailure("m".repeat(5_000), "Own");
            }
            return new Entry(day, note);
        }
    }

    @Test
    void itsWorkersKeepTheirOptions() {
        WorkerOptions before = WorkerOptions.newBuilder()
                .setDefaultDeadlockDetectionTimeout(700)
                .setMaxHeartbeatThrottleInterval(Duration.ofSeconds(40))
                .build();
        WorkerOptions.Builder builder = WorkerOptions.newBuilder(before);

        plugin().configureWorker(QUEUE, builder);
        assertThat(builder.build()).isEqualTo(before);

        plugin().configureWorker(TaskQueues.LIGHT, builder);
        assertThat(builder.build()).isNotEqualTo(before);
    }

    @Test
    void theOperatorChoosesThePaceOfHeartbeats() {
        assertThat(SeptetPlugin.heartbeatPace(Map.of())).isEqualTo(Duration.ofSeconds(1));
        assertThat(SeptetPlugin.heartbeatPace(Map.of("SEPTET_HEARTBEAT_SECONDS", "30")))
                .isEqualTo(Duration.ofSeconds(30));
        assertThatThrownBy(() -> SeptetPlugin.heartbeatPace(Map.of("SEPTET_HEARTBEAT_SECONDS", "soon")))
                .hasMessageContaining(
                        "SEPTET_HEARTBEAT_SECONDS is a whole number of seconds from 1 to 600, got 'soon'");

        WorkerOptions.Builder builder = WorkerOptions.newBuilder();
        plugin().configureWorker(TaskQueues.LIGHT, builder);
        assertThat(builder.build().getMaxHeartbeatThrottleInterval()).isEqualTo(Duration.ofSeconds(1));
    }

    /** Temporal Cloud bills these calls, so they are counted where they leave the process. */
    @Tag("long")
    @Test
    void theCallsOfHeartbeatsFollowTheChosenPace() {
        CompletableFuture<List<Long>> everySecond = sentHeartbeats("1", Duration.ofMinutes(1));
        CompletableFuture<List<Long>> everyThree = sentHeartbeats("3", Duration.ofMinutes(1));
        CompletableFuture<List<Long>> withinTimeout = sentHeartbeats("600", Duration.ofSeconds(15));

        assertThat(everySecond.join()).hasSizeBetween(4, 20);
        assertThat(everyThree.join()).hasSizeBetween(2, 7);
        assertThat(withinTimeout.join())
                .as("0.8 of the heartbeat timeout is shorter than the pace")
                .hasSizeBetween(2, 3);
        assertThat(shortest(everySecond.join())).isGreaterThan(900);
        assertThat(shortest(everyThree.join())).isGreaterThan(2_700);
        assertThat(shortest(withinTimeout.join())).isGreaterThan(11_000);
    }

    /** The shortest time between two of these times. */
    private static long shortest(List<Long> millis) {
        return IntStream.range(1, millis.size())
                .mapToLong(at -> millis.get(at) - millis.get(at - 1))
                .min()
                .orElseThrow();
    }

    /** When a worker with this setting sent the heartbeats of an activity that reports 50 times a second, in ms. */
    private static CompletableFuture<List<Long>> sentHeartbeats(String setting, Duration timeout) {
        List<Long> sent = new CopyOnWriteArrayList<>();
        ClientInterceptor meter = new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                if (method.equals(WorkflowServiceGrpc.getRecordActivityTaskHeartbeatMethod())) {
                    sent.add(System.nanoTime() / 1_000_000);
                }
                return next.newCall(method, options);
            }
        };
        WorkerOptions.Builder options = WorkerOptions.newBuilder();
        SeptetPlugin.paceHeartbeats(Map.of("SEPTET_HEARTBEAT_SECONDS", setting), options);
        return CompletableFuture.supplyAsync(
                () -> {
                    try (TestWorkflowEnvironment server =
                            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                                    .setUseTimeskipping(false)
                                    .setWorkflowServiceStubsOptions(WorkflowServiceStubsOptions.newBuilder()
                                            .setGrpcClientInterceptors(List.of(meter))
                                            .build())
                                    .build())) {
                        var worker = server.newWorker(QUEUE, options.build());
                        worker.registerWorkflowImplementationTypes(WatchImpl.class);
                        worker.registerActivitiesImplementations(new StepsImpl());
                        server.start();
                        assertThat(server.getWorkflowClient()
                                        .newWorkflowStub(
                                                Watch.class,
                                                WorkflowOptions.newBuilder()
                                                        .setTaskQueue(QUEUE)
                                                        .build())
                                        .watch(timeout.toMillis()))
                                .as("reports")
                                .isGreaterThan(50);
                    }
                    return List.copyOf(sent);
                },
                task -> new Thread(task, "heartbeats-" + setting).start());
    }

    @WorkflowInterface
    public interface Watch {
        @WorkflowMethod
        int watch(long timeoutMillis);
    }

    @ActivityInterface
    public interface Steps {
        int take();
    }

    public static final class WatchImpl implements Watch {
        @Override
        public int watch(long timeoutMillis) {
            return Workflow.newActivityStub(
                            Steps.class,
                            ActivityOptions.newBuilder()
                                    .setStartToCloseTimeout(Duration.ofMinutes(1))
                                    .setHeartbeatTimeout(Duration.ofMillis(timeoutMillis))
                                    .setRetryOptions(RetryOptions.newBuilder()
                                            .setMaximumAttempts(1)
                                            .build())
                                    .build())
                    .take();
        }
    }

    /** Long work of many short steps, so long that a busy machine may pause for seconds. */
    public static final class StepsImpl implements Steps {
        private static final long NANOS = Duration.ofSeconds(15).toNanos();

        @Override
        public int take() {
            long begin = System.nanoTime();
            int steps = 0;
            try (Heartbeats heartbeats = new Heartbeats(Activity.getExecutionContext())) {
                while (System.nanoTime() - begin < NANOS) {
                    heartbeats.reportAndCheck(Progress.of("stepping", ++steps, 1_000, "steps"));
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
            }
            return steps;
        }
    }

    @Test
    void versionsAreThoseOfItsHost() {
        SeptetPlugin without = plugin();
        assertThat(configured(without, TaskQueues.LIGHT, null)).isNull();
        SeptetPlugin plugin = plugin();
        WorkerDeploymentOptions host = WorkerDeploymentOptions.newBuilder()
                .setUseVersioning(true)
                .setVersion(new WorkerDeploymentVersion("orders", "2026-11"))
                .build();
        assertThat(configured(plugin, TaskQueues.LIGHT, host))
                .returns(host.getVersion(), WorkerDeploymentOptions::getVersion)
                .returns(VersioningBehavior.PINNED, WorkerDeploymentOptions::getDefaultVersioningBehavior);
        assertThat(configured(plugin, TaskQueues.TRAINING, null))
                .as("a worker that the host gave no version")
                .isNull();
        assertThat(configured(plugin, QUEUE, null)).as("a worker of the host").isNull();
    }

    @Test
    void allWorkersOfAProcessHaveItsVersion() {
        WorkerVersion version = new WorkerVersion("septet", "1.4.0");
        SeptetPlugin plugin = new SeptetPlugin(
                new WorkerSettings(
                        Role.ALL,
                        "all",
                        new StateFolder(folder),
                        List.of(),
                        List.of(),
                        TaskQueues.TRAINING,
                        1,
                        version),
                new Implementations(List.of(), List.of()),
                new Shutdown());
        assertThat(configured(plugin, TaskQueues.LIGHT, null)).isEqualTo(version.options());
        assertThat(configured(plugin, TaskQueues.TRAINING, null)).isEqualTo(version.options());
        assertThat(configured(plugin, QUEUE, null)).isNull();
    }

    /** A version pins runs, but a monitor lives for months. */
    @Test
    void onlyWorkersWithAVersionUpgradeMonitors() {
        assertThat(SeptetWorkflows.versionedTypes()).hasSameSizeAs(SeptetWorkflows.types());
        for (Class<?> type : SeptetWorkflows.types()) {
            assertThat(type.getMethods())
                    .noneMatch(method -> method.isAnnotationPresent(WorkflowVersioningBehavior.class));
        }
        assertThat(java.util.Arrays.stream(SeptetWorkflows.versionedTypes())
                        .filter(type -> java.util.Arrays.stream(type.getMethods())
                                .anyMatch(method -> method.isAnnotationPresent(WorkflowVersioningBehavior.class))))
                .containsExactlyInAnyOrder(UpgradedMonitorWorkflow.class, UpgradedForgetWorkflow.class);
    }

    private static @Nullable WorkerDeploymentOptions configured(
            SeptetPlugin plugin, String queue, @Nullable WorkerDeploymentOptions host) {
        WorkerOptions.Builder builder = WorkerOptions.newBuilder();
        if (host != null) {
            builder.setDeploymentOptions(host);
        }
        plugin.configureWorker(queue, builder);
        return builder.build().getDeploymentOptions();
    }

    @Test
    void itsValuesAndFailuresAreItsOwn() {
        try (TestWorkflowEnvironment server = embedding()) {
            var worker = server.newWorker(QUEUE);
            worker.registerWorkflowImplementationTypes(CloseImpl.class);
            worker.registerActivitiesImplementations(new BooksImpl());
            server.start();
            Instant noon = Instant.parse("2026-11-27T12:00:00Z");

            assertThat(workflow(server).close(noon, false)).isEqualTo(noon + " " + LONG);
            assertThatThrownBy(() -> workflow(server).close(noon, true))
                    .isInstanceOf(WorkflowException.class)
                    .hasStackTraceContaining("m".repeat(5_000));
        }
        assertThat(folder).as("no file of its activities").isEmptyDirectory();
    }

    @Test
    void aMachineThatSharesItsStorePollsAQueueOfItsOwnFiles() {
        Host thisHost = new Host("0123456789abcdef", "attic:/srv/state");
        SeptetPlugin plugin = new SeptetPlugin(
                WorkerSettings.of(Role.ALL, new StateFolder(folder), List.of()),
                new Implementations(List.of(), List.of()),
                new Shutdown(),
                thisHost,
                new Hosts(new LocalStore(folder)),
                () -> {
                    throw new AssertionError("no activity begins here");
                });
        WorkerOptions before = WorkerOptions.newBuilder().build();
        WorkerOptions.Builder builder = WorkerOptions.newBuilder(before);
        plugin.configureWorker(TaskQueues.host("fedcba9876543210"), builder);
        assertThat(builder.build()).as("another machine's queue is not its").isEqualTo(before);
        plugin.configureWorker(thisHost.queue(), builder);
        assertThat(builder.build()).isNotEqualTo(before);

        try (TestWorkflowEnvironment server = embedding(plugin)) {
            server.newWorker(TaskQueues.LIGHT);
            server.start();

            assertThat(server.getWorkerFactory().getWorker(thisHost.queue()).getTaskQueue())
                    .isEqualTo("septet@0123456789abcdef");
        }
        try (TestWorkflowEnvironment server = embedding(plugin())) {
            server.newWorker(TaskQueues.LIGHT);
            server.start();

            assertThatThrownBy(() -> server.getWorkerFactory().getWorker(thisHost.queue()))
                    .as("a machine on its own")
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whoAsksOnThatQueueNeedsATicketToo() throws IOException {
        Host thisHost = new Host("0123456789abcdef", "attic:/srv/state");
        Authority authority = new Authority(RunKey.of(Map.of(), folder, 0), List.of());
        SeptetPlugin plugin = new SeptetPlugin(
                WorkerSettings.of(Role.ALL, new StateFolder(folder), List.of()),
                new Implementations(List.of(new HostCheckTest.Log()), List.of()),
                new Shutdown(),
                thisHost,
                new Hosts(new LocalStore(folder)),
                () -> authority);
        try (TestWorkflowEnvironment server = embedding(plugin)) {
            server.newWorker(TaskQueues.LIGHT);
            server.newWorker(QUEUE).registerWorkflowImplementationTypes(HostCheckTest.AskImpl.class);
            server.start();

            assertThat(HostCheckTest.ask(server, QUEUE, "hello", thisHost.queue()))
                    .startsWith("PolicyDenied, final: run run-1 has no ticket");
        }
    }

    /** The host's registry gets Septet's metrics; Septet opens no port for them. */
    @Test
    void itsMetricsScopeGetsSeptetsMetrics() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        SeptetPlugin plugin = SeptetPlugin.of(WorkerSettings.of(Role.LIGHT, new StateFolder(folder), List.of()));
        try (TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                        WorkflowClientOptions.newBuilder().setPlugins(plugin).build())
                .setMetricsScope(new RootScopeBuilder()
                        .reporter(new MicrometerClientStatsReporter(registry))
                        .reportEvery(com.uber.m3.util.Duration.ofMillis(20)))
                .build())) {
            server.newWorker(TaskQueues.LIGHT);
            server.start();
            PipelineWorkflow run = server.getWorkflowClient()
                    .newWorkflowStub(
                            PipelineWorkflow.class,
                            WorkflowOptions.newBuilder()
                                    .setTaskQueue(TaskQueues.LIGHT)
                                    .build());
            assertThatThrownBy(() -> run.run(PipelineRequest.named("unknown"))).isInstanceOf(WorkflowException.class);

            await().untilAsserted(() -> assertThat(registry.find("septet_activity_failures")
                            .tags("activity", "Resolve", "type", "InvalidPipeline")
                            .counter())
                    .isNotNull()
                    .satisfies(failures -> assertThat(failures.count()).isEqualTo(1)));
        }
        assertThat(folder.resolve("metrics")).doesNotExist();
    }

    /** It would create the key that is still missing, and refuse all runs in progress. */
    @Test
    void beginsNotBesideAnUnfinishedRestore() throws IOException {
        Files.writeString(folder.resolve("restore.json"), "{}");
        WorkerSettings settings = WorkerSettings.of(Role.ALL, new StateFolder(folder), List.of());
        assertThatThrownBy(() -> SeptetPlugin.of(settings))
                .hasMessageContaining("the restore of a backup to " + folder + " was not completed");
        assertThat(folder).isDirectoryNotContaining("glob:**run.key");
    }

    private TestWorkflowEnvironment embedding() {
        return embedding(plugin());
    }

    private static TestWorkflowEnvironment embedding(SeptetPlugin plugin) {
        return TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                        WorkflowClientOptions.newBuilder().setPlugins(plugin).build())
                .build());
    }

    private static Close workflow(TestWorkflowEnvironment server) {
        return server.getWorkflowClient()
                .newWorkflowStub(
                        Close.class,
                        WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());
    }

    private SeptetPlugin plugin() {
        return new SeptetPlugin(
                WorkerSettings.of(Role.ALL, new StateFolder(folder), List.of()),
                new Implementations(List.of(), List.of()),
                new Shutdown());
    }
}
