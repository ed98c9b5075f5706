package dev.septet.examples.e2e;

import static org.awaitility.Awaitility.await;

import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.server.ServerFile;
import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.PipelineWorkflow;
import dev.septet.workflows.Progress;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.payload.SeptetDataConverter;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./septet dev} on a state folder of its own: the official server and the two workers, each
 * a process, with the means to kill them.
 */
final class DevStack implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);
    private static final String NAMESPACE = "default";
    private static final String NAME_OPTION = "--name";

    private final Process dev;
    private final Path state;
    private final Path log;
    private final ServerRef server;
    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;

    private DevStack(Process dev, Path state, Path log, ServerRef server) throws IOException {
        this.dev = dev;
        this.state = state;
        this.log = log;
        this.server = server;
        this.stubs = WorkflowServiceStubs.newServiceStubs(server.options());
        this.client = WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                        .setDataConverter(SeptetDataConverter.create())
                        .build());
    }

    /** Starts it and waits until both queues are polled. */
    static DevStack start(Path state, Path... catalogue) throws IOException {
        return start(state, null, null, Map.of(), catalogue);
    }

    /** The same for workers that know more. */
    static DevStack start(Path state, Map<String, String> environment, Path... catalogue) throws IOException {
        return start(state, null, null, environment, catalogue);
    }

    /** The workers of {@code ./septet dev} beside a server that runs already. */
    static DevStack beside(ServerRef server, Path state, Path... catalogue) throws IOException {
        return start(state, null, server, Map.of(), catalogue);
    }

    /** The same for workers that know more. */
    static DevStack beside(ServerRef server, Path state, Map<String, String> environment, Path... catalogue)
            throws IOException {
        return start(state, null, server, environment, catalogue);
    }

    /** The same in a mount namespace of its own, as on another machine. */
    static DevStack besideMounted(
            ServerRef server, Path state, String mounts, Map<String, String> environment, Path... catalogue)
            throws IOException {
        return start(state, mounts, server, environment, catalogue);
    }

    /** One worker process for all work beside a server that runs already. It gets the whole environment. */
    static DevStack worker(ServerRef server, Path state, Map<String, String> environment, Path... catalogue)
            throws IOException {
        return start(state, null, server, environment, List.of("worker", "--role", "all"), catalogue);
    }

    /** The same beside other workers of the same state folder. Its name is that of its log. */
    static DevStack namedWorker(
            ServerRef server, Path state, String name, Map<String, String> environment, Path... catalogue)
            throws IOException {
        return start(
                state, null, server, environment, List.of("worker", "--role", "all", NAME_OPTION, name), catalogue);
    }

    /** The same as {@link #start(Path, Path...)} in a mount namespace of its own. */
    static DevStack mounted(Path state, String mounts, Path... catalogue) throws IOException {
        return start(state, mounts, null, Map.of(), catalogue);
    }

    private static DevStack start(
            Path state,
            @Nullable String mounts,
            @Nullable ServerRef configured,
            Map<String, String> environment,
            Path... catalogue)
            throws IOException {
        return start(state, mounts, configured, environment, List.of("dev", "--port", "0"), catalogue);
    }

    /**
     * Starts it.
     *
     * @param mounts a script that mounts what it likes and then does {@code exec "$@"}
     * @param configured a server that runs already
     * @param environment what the workers know beside
     * @param words the command
     */
    private static DevStack start(
            Path state,
            @Nullable String mounts,
            @Nullable ServerRef configured,
            Map<String, String> environment,
            List<String> words,
            Path... catalogue)
            throws IOException {
        Files.createDirectories(state);
        int named = words.indexOf(NAME_OPTION);
        Path log = state.resolve(named < 0 ? "dev.txt" : words.get(named + 1) + ".txt");
        if (Files.notExists(log)) {
            // This test's own file lies among Septet's, which nobody else may read.
            Files.createFile(log, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        List<String> command = new java.util.ArrayList<>();
        if (mounts != null) {
            command.addAll(List.of("unshare", "--map-root-user", "--mount"));
            command.addAll(List.of("bash", "-c", mounts, "mounts"));
        }
        command.add(Workspace.CHECKOUT.resolve("septet").toString());
        command.addAll(words);
        for (Path folder : catalogue) {
            command.addAll(List.of("--pipelines", folder.toString()));
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Workspace.CHECKOUT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        // A server that the machine has configured is not this test's.
        builder.environment().keySet().removeIf(name -> name.startsWith("TEMPORAL_"));
        // Processes that live for a minute only: the optimizing compiler takes more time than it saves.
        builder.environment().putIfAbsent("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
        builder.environment().putAll(environment);
        builder.environment().putAll(environment(state));
        if (configured != null) {
            Path profile = configured.profile();
            builder.environment()
                    .put(
                            profile == null ? "TEMPORAL_ADDRESS" : "TEMPORAL_CONFIG_FILE",
                            profile == null ? configured.address() : profile.toString());
        }
        Process dev = builder.start();
        try {
            ServerFile file = new ServerFile(state.resolve("server.json"));
            await("the server of ./septet dev")
                    .atMost(START)
                    .failFast("it ended; see " + log, () -> !dev.isAlive())
                    .until(() -> configured != null || file.read().isPresent());
            ServerRef server = configured == null ? file.read().orElseThrow() : configured;
            DevStack stack = new DevStack(dev, state, log, server);
            await("workers on both queues")
                    .atMost(START)
                    .ignoreExceptionsInstanceOf(StatusRuntimeException.class) // slow is not dead
                    .failFast("it ended; see " + log, () -> !dev.isAlive())
                    .until(() -> stack.polled(TaskQueues.LIGHT) && stack.polled(TaskQueues.TRAINING));
            return stack;
        } catch (RuntimeException | Error failed) {
            dev.destroy();
            throw failed;
        }
    }

    /** What a command needs to meet this stack. */
    static Map<String, String> environment(Path state) {
        return Map.of("SEPTET_STATE", state.toString(), "NO_COLOR", "1");
    }

    /** What a command needs to meet this stack's server. */
    Map<String, String> environment() {
        Path profile = server.profile();
        return profile == null
                ? Map.of("TEMPORAL_ADDRESS", server.address(), "NO_COLOR", "1")
                : Map.of("TEMPORAL_CONFIG_FILE", profile.toString(), "NO_COLOR", "1");
    }

    WorkflowClient client() {
        return client;
    }

    ServerRef server() {
        return server;
    }

    Path state() {
        return state;
    }

    /** Starts a pipeline by its name, as the Temporal CLI would; its id is its name. */
    WorkflowStub begin(String pipeline) {
        return begin(pipeline, pipeline);
    }

    WorkflowStub begin(String id, String pipeline) {
        WorkflowStub stub = client.newUntypedWorkflowStub(
                "Pipeline",
                WorkflowOptions.newBuilder()
                        .setWorkflowId(id)
                        .setTaskQueue(TaskQueues.LIGHT)
                        .build());
        stub.start(PipelineRequest.named(pipeline));
        return stub;
    }

    PipelineReport result(WorkflowStub run, Duration within) {
        try {
            return run.getResult(within.toSeconds(), TimeUnit.SECONDS, PipelineReport.class);
        } catch (java.util.concurrent.TimeoutException late) {
            throw new AssertionError("the run did not end in " + within + "\n" + said(log), late);
        }
    }

    PipelineStatus status(String id) {
        return client.newWorkflowStub(PipelineWorkflow.class, id).status();
    }

    /** Heartbeat of the activity that a stage's workflow is waiting for, if it has sent one. */
    Optional<Progress> progress(String workflowId) {
        try {
            return pending(workflowId).stream()
                    .filter(PendingActivityInfo::hasHeartbeatDetails)
                    .map(activity -> SpecJson.mapper().convertValue(tree(activity), Progress.class))
                    .findFirst();
        } catch (StatusRuntimeException unavailable) {
            return Optional.empty();
        }
    }

    /** Which attempt of its activity a stage's workflow is waiting for; 0 for none. */
    int attempt(String workflowId) {
        return pending(workflowId).stream()
                .mapToInt(PendingActivityInfo::getAttempt)
                .max()
                .orElse(0);
    }

    /** Whether a workflow waits for an activity of this type. */
    boolean waitsFor(String workflowId, String activity) {
        return pending(workflowId).stream()
                .anyMatch(pending -> pending.getActivityType().getName().equals(activity));
    }

    /** Messages and types of what the running stage's activity failed with last. */
    String failures(String pipeline) {
        return status(pipeline).stages().stream()
                .filter(stage -> stage.state() == StageStatus.State.RUNNING)
                .flatMap(stage -> pending(stage.workflowId()).stream())
                .map(activity -> activity.getLastFailure().toString())
                .collect(Collectors.joining("\n"));
    }

    /** The number of the running stage's attempt. */
    int attemptOfStage(String pipeline) {
        return status(pipeline).stages().stream()
                .filter(stage -> stage.state() == StageStatus.State.RUNNING)
                .flatMap(stage -> pending(stage.workflowId()).stream())
                .mapToInt(PendingActivityInfo::getAttempt)
                .max()
                .orElse(0);
    }

    /** A stored artifact's files. */
    Path files(ArtifactRef ref) {
        return state.resolve("store/artifacts").resolve(ref.sha256()).resolve("files");
    }

    /** Kills one of the processes the hard way: {@code server}, {@code light}, {@code training}. */
    long kill(String name) throws IOException {
        long pid = pid(name);
        new ProcessBuilder("kill", "-9", Long.toString(pid))
                .inheritIO()
                .start()
                .onExit()
                .join();
        return pid;
    }

    /** The machine's power goes: nothing of it ends in order, and nothing comes back. */
    void crash() throws IOException {
        stubs.shutdownNow();
        dev.destroyForcibly().onExit().join();
        kill("light");
        kill("training");
    }

    /** Waits until the supervisor has put another process in the killed one's place. */
    void awaitSuccessor(String name, long killed) {
        await("a new " + name + " process").atMost(START).ignoreExceptions().until(() -> pid(name) != killed);
    }

    /** The process that the command started. */
    long pid() {
        return dev.pid();
    }

    long pid(String name) throws IOException {
        return Long.parseLong(Files.readString(state.resolve("processes").resolve(name + ".pid"))
                .strip());
    }

    /** Everything that the processes wrote to logs and terminals. */
    String logs() {
        StringBuilder text = new StringBuilder(said(log));
        try (var files = Files.list(state.resolve("logs"))) {
            for (Path file : files.sorted().toList()) {
                text.append("\n== ").append(file.getFileName()).append('\n').append(said(file));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return text.toString();
    }

    @Override
    public void close() {
        stubs.shutdownNow();
        dev.destroy();
        try {
            if (!dev.waitFor(60, TimeUnit.SECONDS)) {
                dev.destroyForcibly();
                throw new AssertionError("./septet dev did not end in 60 s\n" + said(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean polled(String queue) {
        return !stubs.blockingStub()
                .describeTaskQueue(DescribeTaskQueueRequest.newBuilder()
                        .setNamespace(NAMESPACE)
                        .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                        .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                        .build())
                .getPollersList()
                .isEmpty();
    }

    private List<PendingActivityInfo> pending(String workflowId) {
        return stubs.blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(NAMESPACE)
                        .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                        .build())
                .getPendingActivitiesList();
    }

    private static Object tree(PendingActivityInfo activity) {
        String json = activity.getHeartbeatDetails().getPayloads(0).getData().toStringUtf8();
        try {
            return SpecJson.mapper().readTree(json);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError("a heartbeat that is no JSON: " + json, e);
        }
    }

    private static String said(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return log + " cannot be read: " + e.getMessage();
        }
    }
}
