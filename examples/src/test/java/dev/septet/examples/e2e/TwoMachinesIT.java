package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.review.ReviewedRows;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Stores;
import dev.septet.examples.traffic.Shift;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.Progress;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.monitor.MonitorStatus;
import dev.septet.workflows.monitor.MonitorWorkflow;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two machines that share a bucket and nothing else. A training that one of them began is ended by
 * the other, in the bytes of a run that nobody disturbed on one machine with a folder. While both
 * are there, work on a pipeline's files runs on the one that has them.
 */
@Tag("nightly")
class TwoMachinesIT {
    private static final String NAME = "shared";
    private static final String FILES = "hosted";
    private static final int FEW = 8;
    private static final int MINIMUM = 30;
    private static final int STEPS = 60;
    private static final int INTERVAL = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    static Path root;

    /** What a run left behind. */
    private record Outcome(ArtifactRef dataset, ArtifactRef adapter, List<String> ledger, ArtifactRef export) {}

    @Test
    void theOtherMachineEndsWhatAKilledOneBegan() throws Exception {
        try (Bucket bucket = Bucket.start(root.resolve("objects"))) {
            Outcome calm = calm(bucket);
            Map<String, String> shared = new HashMap<>(bucket.environment());
            shared.put("SEPTET_STORE", "s3://" + Bucket.NAME + "/store");
            shared.put("SEPTET_RUN_KEY_FILE", root.resolve("shared.key").toString());
            Outcome moved = moved(shared);
            assertThat(moved).isEqualTo(calm);
            assertThat(bucket.folder("out").text("current.json"))
                    .hasValueSatisfying(alias ->
                            assertThat(alias).contains(calm.export().sha256().substring(0, 12)));
        }
    }

    @Test
    void workOnFilesRunsOnTheMachineThatHasThem() throws Exception {
        int port = Trials.freePort();
        Path both = Files.createDirectories(root.resolve("both"));
        Workspace workspace = Workspace.in(both, FILES, 120, hosted(port));
        Files.createDirectories(workspace.folder().resolve("out"));
        try (Bucket bucket = Bucket.start(both.resolve("objects"));
                OwnServer server = OwnServer.start(both)) {
            Map<String, String> shared = new HashMap<>(bucket.environment());
            shared.put("SEPTET_STORE", "s3://" + Bucket.NAME + "/store");
            shared.put("SEPTET_RUN_KEY_FILE", both.resolve("shared.key").toString());
            Path attic = both.resolve("attic");
            Path cellar = both.resolve("cellar");
            try (DevStack one = machine(server, attic, shared, workspace);
                    DevStack two = machine(server, cellar, shared, workspace)) {
                one.result(one.begin(FILES), PATIENCE);
                boolean inAttic = published(attic);
                assertThat(published(cellar)).as("on one machine only").isNotEqualTo(inAttic);
                DevStack host = inAttic ? one : two;
                DevStack other = inAttic ? two : one;

                asked(host, other, port);
                learned(host, other);
                assertThat(published(inAttic ? cellar : attic)).isFalse();
                saidByDoctor(host, shared, "are on this machine");
                saidByDoctor(other, shared, "are on host ");
                moved(host, other, shared);
            }
        }
    }

    /** As {@code ./septet dev} on a machine of its own, where {@code out} is another folder. */
    private static DevStack machine(OwnServer server, Path machine, Map<String, String> shared, Workspace workspace)
            throws IOException {
        Path out = Files.createDirectories(machine.resolve("out"));
        String mounts = """
                set -e
                mount --bind %s %s
                exec "$@"
                """.formatted(out, workspace.folder().resolve("out"));
        return DevStack.besideMounted(server.server(), machine.resolve("state"), mounts, shared, workspace.folder());
    }

    private static boolean published(Path machine) {
        return Files.exists(machine.resolve("out").resolve("current"));
    }

    /** The host alone serves; every check sees the same rows, whichever worker takes it. */
    private static void asked(DevStack host, DevStack other, int port) throws Exception {
        Callers callers = new Callers("http://127.0.0.1:" + port, FILES, host.state());
        await("the served model")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> !callers.ask(Shift.NONE, 1).isEmpty());
        callers.ask(Shift.NONE, FEW - 1);
        assertThat(other.state().resolve("audit").resolve(FILES)).doesNotExist();
        MonitorWorkflow monitor = host.client().newWorkflowStub(MonitorWorkflow.class, FILES + "/monitor");
        await("a check that sees all rows").atMost(PATIENCE).until(() -> rows(monitor.status()), rows -> rows >= FEW);
        long seen = rows(monitor.status());
        int checks = checks(host);
        await("more checks")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> {
                            assertThat(rows(monitor.status())).isEqualTo(seen);
                            return checks(host);
                        },
                        now -> now >= checks + 8);

        callers.ask(Shift.NONE, MINIMUM);
        await("a check with rows enough, which any engine computes")
                .atMost(PATIENCE)
                .until(() -> monitor.status().windows(), windows -> windows >= 1);
    }

    private static long rows(MonitorStatus status) {
        return status.last() == null ? 0 : status.last().rows();
    }

    private static int checks(DevStack stack) {
        return (int) stack.client().fetchHistory(FILES + "/monitor").getEvents().stream()
                .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
                .filter(event -> event.getActivityTaskScheduledEventAttributes()
                        .getActivityType()
                        .getName()
                        .equals("ReadLog"))
                .count();
    }

    /** Reviewed rows are files of the host: a retraining reads them there, then publishes there. */
    private static void learned(DevStack host, DevStack other) throws IOException {
        Path rows = new ReviewedRows(host.state().resolve("reviewed")).file(FILES);
        Files.createDirectories(rows.getParent());
        Files.writeString(rows, """
                {"messages":[{"role":"user","content":"Where is my parcel?"},{"role":"assistant","content":"On its way."}]}
                {"messages":[{"role":"user","content":"May I have a bill?"},{"role":"assistant","content":"Here it is."}]}
                """);
        WorkflowStub run = other.client()
                .newUntypedWorkflowStub(
                        "Pipeline",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId("learned")
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build());
        run.start(PipelineRequest.named(FILES).retraining(new Retraining(Trigger.FEEDBACK, "2 rows", null, null, 2)));
        PipelineReport report = other.result(run, PATIENCE);
        assertThat(Objects.requireNonNull(report.dataset()).reviewedRows()).isEqualTo(2);
        Path out = host.state().resolveSibling("out").resolve("current");
        assertThat(out.toRealPath().getFileName().toString())
                .isEqualTo(Objects.requireNonNull(report.deployment())
                        .artifact()
                        .sha256()
                        .substring(0, 12));
    }

    /** A person moves the pipeline, but not by accident. */
    private static void moved(DevStack host, DevStack other, Map<String, String> shared) throws Exception {
        Shell.Said refused = septet(other, shared, "adopt", FILES);
        assertThat(refused.status()).as(refused.all()).isEqualTo(1);
        assertThat(refused.all()).contains("workers of host ", "are running: stop Septet");

        Shell.Said forced = septet(other, shared, "adopt", FILES, "--force");
        assertThat(forced.status()).as(forced.all()).isZero();
        assertThat(forced.all()).contains("its files are on this machine from now on");

        saidByDoctor(other, shared, "are on this machine");
        for (List<String> command : List.of(
                List.of("rollback", FILES),
                List.of("review", FILES),
                List.of("audit", "show", FILES),
                List.of("audit", "verify", FILES))) {
            Shell.Said elsewhere = septet(host, shared, command.toArray(String[]::new));
            assertThat(elsewhere.status()).as(elsewhere.all()).isEqualTo(1);
            assertThat(elsewhere.all()).contains("run this command there, or move the pipeline");
        }
    }

    private static void saidByDoctor(DevStack stack, Map<String, String> shared, String where) throws Exception {
        assertThat(septet(stack, shared, "doctor", "--json").out()).contains("the files of " + FILES + " " + where);
    }

    private static Shell.Said septet(DevStack stack, Map<String, String> shared, String... words) throws Exception {
        Map<String, String> environment = new HashMap<>(shared);
        environment.putAll(stack.environment());
        environment.putAll(DevStack.environment(stack.state()));
        List<String> command = new ArrayList<>();
        command.add(Workspace.CHECKOUT.resolve("septet").toString());
        command.addAll(List.of(words));
        return Shell.run(root, environment, command.toArray(new String[0]));
    }

    /** Short, served and watched; 8 rows are too few for a check to need the engine. */
    private static String hosted(int port) {
        String file = Pipelines.small(10)
                .replace(
                        "target ollama('NAME', directory: 'ollama')",
                        String.format(Locale.ROOT, "target http { port %d }", port))
                .replace("metric exactMatch", "")
                .replace("limit 24", "limit 4");
        return file.substring(0, file.lastIndexOf('}')) + String.format(Locale.ROOT, """
                    monitor {
                        every 1.seconds
                        minimum %d
                        drift psi, on: promptLength, above: 0.9
                    }
                }
                """, MINIMUM);
    }

    /** One machine, a folder, nobody disturbs it. */
    private static Outcome calm(Bucket bucket) throws IOException {
        Path machine = root.resolve("calm");
        Path state = machine.resolve("state");
        Workspace workspace = workspace(machine);
        try (DevStack stack = DevStack.start(state, bucket.environment(), workspace.folder())) {
            PipelineReport report = stack.result(stack.begin(NAME), PATIENCE);
            return outcome(report, Stores.open(state.resolve("store"), Map.of()));
        }
    }

    /** Begun by one machine, which loses its power and its disk, and ended by another. */
    private static Outcome moved(Map<String, String> shared) throws Exception {
        try (OwnServer server = OwnServer.start(root)) {
            Path one = root.resolve("one");
            DevStack first = DevStack.beside(
                    server.server(),
                    one.resolve("state"),
                    shared,
                    workspace(one).folder());
            WorkflowStub run = first.begin(NAME);
            int done = awaitSteps(first, 2 * INTERVAL + 3);
            first.crash();
            Files.move(one, root.resolve("a-machine-that-is-gone"));

            Path two = root.resolve("two");
            try (DevStack second = DevStack.beside(
                    server.server(),
                    two.resolve("state"),
                    shared,
                    workspace(two).folder())) {
                Progress resumed = awaitResumed(second);
                assertThat(done - Objects.requireNonNullElse(resumed.committedStep(), 0))
                        .as("steps lost, of %d that the first machine took", done)
                        .isLessThanOrEqualTo(INTERVAL);
                PipelineReport report = second.result(second.client().newUntypedWorkflowStub(NAME), PATIENCE);
                assertThat(run.getExecution().getWorkflowId()).isEqualTo(NAME);
                assertThat(two.resolve("state/store")).as("a store of its own").doesNotExist();
                return outcome(report, Stores.open(two.resolve("state/store"), shared));
            }
        }
    }

    private static Outcome outcome(PipelineReport report, ArtifactStore store) throws IOException {
        var checkpoint = Objects.requireNonNull(report.checkpoint());
        return new Outcome(
                Objects.requireNonNull(report.dataset()).artifact(),
                checkpoint.artifact(),
                Ledger.steps(store.fetch(checkpoint.ledger()).resolve("ledger.jsonl"), STEPS),
                Objects.requireNonNull(report.deployment()).artifact());
    }

    private static Workspace workspace(Path machine) throws IOException {
        String pipeline = Pipelines.small(STEPS)
                .replace("target directory('out')", "target s3('s3://models/out')")
                .replace("target ollama('NAME', directory: 'ollama')", "");
        return Workspace.in(Files.createDirectories(machine), NAME, 200, pipeline);
    }

    private static int awaitSteps(DevStack stack, int steps) {
        return await("step " + steps)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(
                        () -> {
                            Progress now = stack.progress(train(stack)).orElse(null);
                            return now == null ? 0 : (int) now.done();
                        },
                        done -> done >= steps);
    }

    /** The first that the second machine says of the training. */
    private static Progress awaitResumed(DevStack stack) {
        return await("the second machine's training")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(
                        () -> stack.attempt(train(stack)) > 1
                                ? stack.progress(train(stack)).orElse(null)
                                : null,
                        progress -> progress != null && progress.committedStep() != null);
    }

    private static String train(DevStack stack) {
        return stack.status(NAME).stages().stream()
                .filter(at -> at.stage().word().equals("train"))
                .findFirst()
                .orElseThrow()
                .workflowId();
    }
}
