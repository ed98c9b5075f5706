package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Stores;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.ArtifactRef;

import io.temporal.client.WorkflowStub;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Two machines that share a bucket and nothing else: a training that one of them began is ended by
 * the other, in the bytes of a run that nobody disturbed on one machine with a folder.
 */
class TwoMachinesIT {
    private static final String NAME = "shared";
    private static final int STEPS = 60;
    private static final int INTERVAL = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir static Path root;

    /** What a run left behind. */
    private record Outcome(
            ArtifactRef dataset, ArtifactRef adapter, List<String> ledger, ArtifactRef export) {}

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
                    .hasValueSatisfying(
                            alias ->
                                    assertThat(alias)
                                            .contains(calm.export().sha256().substring(0, 12)));
        }
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
            DevStack first =
                    DevStack.beside(
                            server.server(), one.resolve("state"), shared, workspace(one).folder());
            WorkflowStub run = first.begin(NAME);
            int done = awaitSteps(first, 2 * INTERVAL + 3);
            first.crash();
            Files.move(one, root.resolve("a-machine-that-is-gone"));

            Path two = root.resolve("two");
            try (DevStack second =
                    DevStack.beside(
                            server.server(),
                            two.resolve("state"),
                            shared,
                            workspace(two).folder())) {
                Progress resumed = awaitResumed(second);
                assertThat(done - Objects.requireNonNullElse(resumed.committedStep(), 0))
                        .as("steps lost, of %d that the first machine took", done)
                        .isLessThanOrEqualTo(INTERVAL);
                PipelineReport report =
                        second.result(second.client().newUntypedWorkflowStub(NAME), PATIENCE);
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
        String pipeline =
                Pipelines.small(STEPS)
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
                        () ->
                                stack.attempt(train(stack)) > 1
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
