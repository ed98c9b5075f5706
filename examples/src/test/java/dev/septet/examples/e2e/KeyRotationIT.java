package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import dev.septet.settings.Setting;
import dev.septet.workers.client.ClientOptions;
import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.PipelineWorkflow;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WaitReason;
import dev.septet.workflows.artifact.ArtifactRef;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The key of payloads and the key of the store change as {@code .github/docs/encryption.md} says, while a run is open. Two
 * workers have key files of their own, as on two machines, so for a while one encrypts with the new keys and one with the old.
 */
@Tag("nightly")
class KeyRotationIT {
    private static final String NAMESPACE = "default";
    private static final String CODEC = "codec";
    private static final String STORE = "store";
    private static final String OLD_CODEC = CODEC + "-1";
    private static final String NEW_CODEC = CODEC + "-2";
    private static final String OLD_STORE = STORE + "-1";
    private static final String NEW_STORE = STORE + "-2";
    private static final String STORED = " artifacts, checkpoints and records";

    private static final String ONE = "one";
    private static final String TWO = "two";

    /** Where a person gives commands. */
    private static final String DESK = "desk";

    /** Where a person has removed the old keys too early. */
    private static final String HASTY = "hasty";

    private static final List<String> MACHINES = List.of(ONE, TWO, DESK);
    private static final String EARLIER = "quick";
    private static final String OPEN = "asking";
    private static final String LATER = "afterwards";

    /** More than the tests wait for; a command stops the trainings early. */
    private static final int STEPS = 2_000;

    private static final int FILE_HEADER_BYTES = 112;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String PIPELINE = """
        def stepCount = param('step-count', 4)
        def loraRank = param('lora-rank', 4)
        pipeline('NAME') {
            prepare {
                dataset 'data/tickets.jsonl', format: chat
                split train: 80.percent, validation: 10.percent, test: 10.percent
                maxTokens 256
            }
            initialize { model 'base-model' }
            train {
                method lora { rank loraRank }
                steps stepCount
                batch size: 4
                checkpoint every: 10.steps, keep: 2
                heartbeat 10.seconds
                retry attempts: 5, backoff: 1.seconds, factor: 1.0
            }
            evaluate { metric loss; limit 4; samples 0 }
            deploy { target directory('out') }
        }
        """;

    @TempDir
    private Path root = Path.of("");

    private final Map<String, DevStack> workers = new HashMap<>();

    @Test
    void bothKeysChangeWhileARunIsOpenAndTheOldOnesAreRemoved() throws Exception {
        Workspace.in(root.resolve("pipelines"), EARLIER, 60, PIPELINE);
        String asking = PIPELINE.replace("deploy {", "deploy { approval from: 'ml-oncall', within: 20.minutes;");
        Workspace.in(root.resolve("pipelines"), OPEN, 60, asking);
        for (String machine : MACHINES) {
            keys(machine, 1, 1);
        }
        try (OwnServer own = OwnServer.start(root)) {
            WorkflowServiceStubs stubs =
                    WorkflowServiceStubs.newServiceStubs(own.server().options());
            try {
                WorkflowClient client = WorkflowClient.newInstance(
                        stubs,
                        new ClientOptions(environment(DESK)).workflow(NAMESPACE).build());
                work(own.server(), stubs, ONE);
                work(own.server(), stubs, TWO);

                PipelineReport earlier = result(begin(client, EARLIER, EARLIER, Map.of()));
                PipelineReport rotated = rotate(client);
                theOldIsReadAndTheNewHasTheNewKeys(client, earlier, rotated);
                reencrypt();
                removeTheOldKeys(own.server(), client);
            } finally {
                workers.values().forEach(DevStack::close);
                stubs.shutdownNow();
            }
        }
    }

    /** One machine after the other gets the new keys, and then encrypts with them, during a training. */
    private PipelineReport rotate(WorkflowClient client) throws Exception {
        WorkflowStub run = begin(client, OPEN, OPEN, Map.of("step-count", STEPS));
        await("progress of the training")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> progressKey(client, OPEN), OLD_CODEC::equals);
        for (String machine : MACHINES) {
            keys(machine, 1, 1, 2);
        }
        keys(ONE, 2, 1, 2);
        assertThat(said("status", OPEN)).contains("train");
        keys(TWO, 2, 1, 2);
        keys(DESK, 2, 1, 2);
        await("progress of the training under the new key")
                .atMost(Duration.ofMinutes(1))
                .until(() -> progressKey(client, OPEN), NEW_CODEC::equals);
        assertThat(training(client, OPEN).getAttempt()).isEqualTo(1);
        said("steer", OPEN, "stop-early");

        WaitReason question = await("the question")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> status(client, OPEN).waiting(), Objects::nonNull);
        theOldKeysAreStillNeeded();
        Shell.Said agreed = Shell.run(
                root,
                here(DESK),
                List.of("bash", "-c", Objects.requireNonNull(question).answers().get(0) + " --by anna"),
                60);
        assertThat(agreed.status()).as(agreed.all()).isZero();
        return result(run);
    }

    private void theOldKeysAreStillNeeded() throws Exception {
        String keys = said("keys");
        assertThat(line(keys, NEW_CODEC)).startsWith("encrypts; used by ").contains(OPEN);
        assertThat(line(keys, OLD_CODEC)).startsWith("used by ").contains(OPEN);
        assertThat(line(keys, NEW_STORE)).startsWith("encrypts; ").contains(STORED);
        assertThat(line(keys, OLD_STORE)).contains(STORED);

        keys(HASTY, 2, 2);
        Shell.Said hasty = septet(HASTY, "report", EARLIER);
        assertThat(hasty.status()).as(hasty.all()).isNotZero();
        assertThat(hasty.err())
                .contains("is encrypted with the key '%s', which is not in".formatted(OLD_CODEC))
                .doesNotContain("\tat ");
        Shell.Said unread = septet(HASTY, "keys", "reencrypt");
        assertThat(unread.status()).as(unread.all()).isNotZero();
        assertThat(unread.err()).contains("are encrypted with keys that are not in the key file; add their lines");
    }

    private void theOldIsReadAndTheNewHasTheNewKeys(
            WorkflowClient client, PipelineReport earlier, PipelineReport rotated) throws Exception {
        List<HistoryEvent> history = client.fetchHistory(OPEN).getEvents();
        assertThat(keys(history)).containsExactly(OLD_CODEC, NEW_CODEC);
        assertThat(keys(history.subList(history.size() - 1, history.size()))).containsExactly(NEW_CODEC);
        assertThat(keys(client.fetchHistory(EARLIER).getEvents())).containsExactly(OLD_CODEC);
        List<HistoryEvent> all = new ArrayList<>(history);
        for (StageStatus stage : status(client, OPEN).stages()) {
            if (!stage.workflowId().isEmpty()) {
                all.addAll(client.fetchHistory(stage.workflowId()).getEvents());
            }
        }
        assertThat(all)
                .extracting(HistoryEvent::getEventType)
                .contains(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
                .doesNotContain(
                        EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
                        EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
                        EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT);
        assertThat(all.stream()
                        .filter(HistoryEvent::hasActivityTaskStartedEventAttributes)
                        .map(event ->
                                event.getActivityTaskStartedEventAttributes().getAttempt()))
                .as("attempts of all activities")
                .containsOnly(1);

        assertThat(fileKeys(Objects.requireNonNull(earlier.deployment()).artifact()))
                .containsExactly(OLD_STORE);
        assertThat(fileKeys(Objects.requireNonNull(rotated.deployment()).artifact()))
                .containsExactly(NEW_STORE);
        assertThat(said("status", EARLIER)).contains("deploy");
        assertThat(said("report", EARLIER)).contains(EARLIER);
        assertThat(said("verify", "--store")).contains("; 0 are damaged");
        String keys = said("keys");
        assertThat(line(keys, OLD_CODEC)).startsWith("no open run or schedule uses it. ");
        assertThat(line(keys, OLD_STORE)).contains(STORED);
    }

    private void reencrypt() throws Exception {
        assertThat(said("keys", "reencrypt")).contains("Encrypted again: ");
        assertThat(line(said("keys"), OLD_STORE))
                .startsWith("nothing in the store and no audit log of this machine uses it");
        assertThat(headers()).containsExactly(NEW_STORE);
    }

    /** The workers are started again one after the other, because a process keeps a removed key. */
    private void removeTheOldKeys(ServerRef server, WorkflowClient client) throws Exception {
        WorkflowStub later = begin(client, LATER, EARLIER, Map.of("step-count", STEPS, "lora-rank", 2));
        await("progress of a training that began later")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> progressKey(client, LATER), NEW_CODEC::equals);
        for (String machine : MACHINES) {
            keys(machine, 2, 2);
        }
        for (String machine : List.of(ONE, TWO)) {
            Objects.requireNonNull(workers.remove(machine)).close();
            work(server, client.getWorkflowServiceStubs(), machine);
        }
        await("progress of the training at a worker without the old keys")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> training(client, LATER).getAttempt() > 1
                        && !progressKey(client, LATER).isEmpty());
        said("steer", LATER, "stop-early");
        PipelineReport report = result(later);
        assertThat(keys(client.fetchHistory(LATER).getEvents())).containsExactly(NEW_CODEC);
        assertThat(fileKeys(Objects.requireNonNull(report.deployment()).artifact()))
                .containsExactly(NEW_STORE);
        assertThat(status(client, LATER).stages().get(0).state())
                .as("the dataset of the first run, whose files the old key encrypted")
                .isEqualTo(StageStatus.State.REUSED);
        assertThat(headers()).containsExactly(NEW_STORE);
        assertThat(said("verify", "--store")).contains("; 0 are damaged");
        assertThat(said("runs")).contains(LATER);
        assertThat(said("keys")).doesNotContain(OLD_STORE, OLD_CODEC);
    }

    /** Starts a worker, and waits until it polls. */
    private void work(ServerRef server, WorkflowServiceStubs stubs, String machine) throws IOException {
        Map<String, String> environment = new HashMap<>(environment(machine));
        environment.put("SEPTET_UNSIGNED_APPROVALS", "allow");
        Set<String> others = pollers(stubs, TaskQueues.LIGHT);
        workers.put(
                machine,
                DevStack.namedWorker(server, root.resolve("state"), machine, environment, root.resolve("pipelines")));
        for (String queue : List.of(TaskQueues.LIGHT, TaskQueues.TRAINING)) {
            await(machine + " at " + queue).atMost(PATIENCE).until(() -> !others.containsAll(pollers(stubs, queue)));
        }
    }

    /** The processes that have polled a queue in the last minutes. */
    private static Set<String> pollers(WorkflowServiceStubs stubs, String queue) {
        Set<String> identities = new TreeSet<>();
        stubs.blockingStub()
                .describeTaskQueue(DescribeTaskQueueRequest.newBuilder()
                        .setNamespace(NAMESPACE)
                        .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                        .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                        .build())
                .getPollersList()
                .forEach(poller -> identities.add(poller.getIdentity()));
        return identities;
    }

    private static WorkflowStub begin(
            WorkflowClient client, String id, String pipeline, Map<String, Object> parameters) {
        WorkflowStub run = client.newUntypedWorkflowStub(
                "Pipeline",
                WorkflowOptions.newBuilder()
                        .setWorkflowId(id)
                        .setTaskQueue(TaskQueues.LIGHT)
                        .build());
        run.start(new PipelineRequest(pipeline, parameters, null, null));
        return run;
    }

    private PipelineReport result(WorkflowStub run) throws Exception {
        try {
            return run.getResult(PATIENCE.toSeconds(), TimeUnit.SECONDS, PipelineReport.class);
        } catch (java.util.concurrent.TimeoutException late) {
            throw new AssertionError(
                    "the run did not end in " + PATIENCE + "\n"
                            + Objects.requireNonNull(workers.get(ONE)).logs(),
                    late);
        }
    }

    private static PipelineStatus status(WorkflowClient client, String id) {
        return client.newWorkflowStub(PipelineWorkflow.class, id).status();
    }

    /** The activity that trains. */
    private static PendingActivityInfo training(WorkflowClient client, String run) {
        String train = status(client, run).stages().stream()
                .filter(at -> at.stage().word().equals("train"))
                .findFirst()
                .orElseThrow()
                .workflowId();
        return client
                .getWorkflowServiceStubs()
                .blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(NAMESPACE)
                        .setExecution(WorkflowExecution.newBuilder().setWorkflowId(train))
                        .build())
                .getPendingActivitiesList()
                .stream()
                .filter(pending -> pending.getActivityType().getName().equals("Train"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing trains in " + train));
    }

    /** The key of the newest heartbeat of a training. */
    private static String progressKey(WorkflowClient client, String run) {
        return keys(List.of(training(client, run).getHeartbeatDetails())).stream()
                .findFirst()
                .orElse("");
    }

    /** The keys of all payloads in messages. */
    private static Set<String> keys(List<? extends Message> messages) {
        Set<String> keys = new TreeSet<>();
        for (Message message : messages) {
            if (message instanceof Payload payload) {
                if (payload.containsMetadata("encryption-key-id")) {
                    keys.add(payload.getMetadataOrThrow("encryption-key-id").toStringUtf8());
                }
                continue;
            }
            for (Object value : message.getAllFields().values()) {
                for (Object each : value instanceof List<?> list ? list : List.of(value)) {
                    if (each instanceof Message inner) {
                        keys.addAll(keys(List.of(inner)));
                    }
                }
            }
        }
        return keys;
    }

    private Set<String> fileKeys(ArtifactRef artifact) throws IOException {
        return headers(root.resolve("state/store/artifacts").resolve(artifact.sha256()));
    }

    private Set<String> headers() throws IOException {
        return headers(root.resolve("state/store/artifacts"));
    }

    /** The names of keys in the headers of a folder's files. */
    private static Set<String> headers(Path folder) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (var bytes = Files.newInputStream(file)) {
                    String header = new String(bytes.readNBytes(FILE_HEADER_BYTES), StandardCharsets.ISO_8859_1);
                    if (header.startsWith("\u0093SEPTET")) {
                        names.add(header.contains(OLD_STORE) ? OLD_STORE : header.contains(NEW_STORE) ? NEW_STORE : "");
                    }
                }
            }
        }
        return names;
    }

    /** What `septet keys` prints of a key. */
    private static String line(String keys, String key) {
        return keys.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(key + " "))
                .findFirst()
                .map(line -> line.substring(key.length()).strip())
                .orElseThrow(() -> new AssertionError(key + " is not in\n" + keys));
    }

    private String said(String... words) throws Exception {
        Shell.Said said = septet(DESK, words);
        assertThat(said.status()).as(said.all()).isZero();
        return said.all();
    }

    private Shell.Said septet(String machine, String... words) throws Exception {
        return Shell.septet(root, here(machine), 120, words);
    }

    /** A person's environment at a machine. */
    private Map<String, String> here(String machine) {
        Map<String, String> here = new HashMap<>(environment(machine));
        here.putAll(DevStack.environment(root.resolve("state")));
        here.putAll(Objects.requireNonNull(workers.get(ONE)).environment());
        here.put("PATH", Workspace.CHECKOUT + ":" + System.getenv("PATH"));
        return here;
    }

    private Map<String, String> environment(String machine) {
        return Map.of(
                Setting.CODEC_KEYS.variable(), file(machine, CODEC).toString(),
                Setting.STORE_KEYS.variable(), file(machine, STORE).toString());
    }

    private Path file(String machine, String what) {
        return root.resolve(machine + "-" + what + ".keys");
    }

    /** Writes both key files of a machine. */
    private void keys(String machine, int current, int... numbers) throws IOException {
        for (String what : List.of(CODEC, STORE)) {
            StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "current: %s-%d%n", what, current));
            for (int number : numbers) {
                byte[] key = Arrays.copyOf(what.getBytes(StandardCharsets.US_ASCII), 32);
                key[31] = (byte) number;
                text.append(String.format(
                        Locale.ROOT,
                        "%s-%d: %s%n",
                        what,
                        number,
                        Base64.getEncoder().encodeToString(key)));
            }
            Path file = file(machine, what);
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }
}
