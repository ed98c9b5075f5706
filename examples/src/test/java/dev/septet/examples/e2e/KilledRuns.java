package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.setup.SearchSummary;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** An undisturbed run, and runs of the same pipeline whose processes a test kills. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KilledRuns {
    static final String NAME = "bytes";
    private static final int INTERVAL = 10;
    private static final int ROWS = 240;

    /** It names the run. */
    private static final String PAGE = " report.html";

    static final Duration PATIENCE = Duration.ofMinutes(8);

    @TempDir
    static Path root;

    private final int steps;
    private @Nullable Outcome calm;

    /**
     * @param steps steps of the training
     */
    KilledRuns(int steps) {
        this.steps = steps;
    }

    /** What a run left behind, read while its store is there. */
    record Outcome(
            DatasetRef dataset,
            CheckpointRef checkpoint,
            List<String> ledger,
            EvaluationReport evaluation,
            List<String> report,
            DeploymentRef deployment,
            List<String> published,
            @Nullable SearchSummary search) {}

    @BeforeAll
    void runUndisturbed() throws IOException {
        Workspace workspace = workspace("calm");
        try (DevStack stack = DevStack.start(root.resolve("calm-state"), workspace.folder())) {
            calm = outcome(stack, workspace, stack.result(stack.begin(NAME), PATIENCE));
        }
    }

    /** A run whose training is killed that many times. */
    void killTraining(String scenario, int kills) throws IOException {
        Workspace workspace = workspace(scenario);
        try (DevStack stack = DevStack.start(root.resolve(scenario + "-state"), workspace.folder())) {
            WorkflowStub run = stack.begin(NAME);
            killTraining(stack, kills);
            assertSame(outcome(stack, workspace, stack.result(run, PATIENCE)));
        }
    }

    /** Kills the server as well, with the third training worker. */
    void killTraining(DevStack stack, int kills) throws IOException {
        long seed = Long.getLong("septet.kill.seed", 20261125L);
        String train = stage(stack, "train");
        List<Integer> at = killSteps(seed, kills);
        for (int kill = 0; kill < kills; kill++) {
            Progress before = awaitDone(stack, train, at.get(kill));
            long pid = stack.kill("training");
            if (kill == 2) {
                long server = stack.kill("server");
                stack.awaitSuccessor("server", server);
            }
            stack.awaitSuccessor("training", pid);
            assertThat(before.done() - resumedFrom(stack, train, before))
                    .as("steps lost by kill %d of seed %d, at step %d", kill, seed, before.done())
                    .isLessThanOrEqualTo(INTERVAL);
        }
    }

    void assertSame(Outcome stormy) {
        Outcome calm = Objects.requireNonNull(this.calm);
        assertThat(stormy.dataset().artifact()).isEqualTo(calm.dataset().artifact());
        assertThat(stormy.ledger()).isEqualTo(calm.ledger());
        assertThat(stormy.checkpoint().artifact()).isEqualTo(calm.checkpoint().artifact());
        assertThat(stormy.search()).isEqualTo(calm.search());
        assertThat(stormy.evaluation().scores()).isEqualTo(calm.evaluation().scores());
        assertThat(stormy.report()).isEqualTo(calm.report());
        assertThat(stormy.deployment().artifact()).isEqualTo(calm.deployment().artifact());
        assertThat(stormy.published()).isEqualTo(calm.published());
    }

    Outcome outcome(DevStack stack, Workspace workspace, PipelineReport report) throws IOException {
        CheckpointRef checkpoint = Objects.requireNonNull(report.checkpoint());
        EvaluationReport evaluation = Objects.requireNonNull(report.evaluation());
        return new Outcome(
                Objects.requireNonNull(report.dataset()),
                checkpoint,
                Ledger.steps(stack.files(checkpoint.ledger()).resolve("ledger.jsonl"), steps),
                evaluation,
                FolderDigests.of(stack.files(evaluation.artifact())).stream()
                        .filter(line -> !line.endsWith(PAGE))
                        .toList(),
                Objects.requireNonNull(report.deployment()),
                FolderDigests.of(workspace.folder().resolve("out/current").toRealPath()),
                Objects.requireNonNull(report.setup()).search());
    }

    /** Each scenario has a folder of its own: what it publishes must not meet another's. */
    Workspace workspace(String scenario) throws IOException {
        Path folder = Files.createDirectories(root.resolve(scenario));
        return Workspace.in(folder, NAME, ROWS, pipeline(steps));
    }

    /** The pipeline file of all scenarios. */
    String pipeline(int steps) {
        return Pipelines.small(steps);
    }

    private List<Integer> killSteps(long seed, int kills) {
        Random random = new Random(seed);
        TreeSet<Integer> chosen = new TreeSet<>();
        while (chosen.size() < kills) {
            chosen.add(3 + random.nextInt(steps - 12));
        }
        return new ArrayList<>(chosen);
    }

    /** Waits for a stage to run; the id of its workflow. */
    static String stage(DevStack stack, String stage) {
        return stage(stack, NAME, stage);
    }

    /** The same of another pipeline. */
    static String stage(DevStack stack, String pipeline, String stage) {
        return await("stage " + stage)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(
                        () -> stack.status(pipeline).stages().stream()
                                .filter(at -> at.stage().word().equals(stage))
                                .findFirst()
                                .orElseThrow()
                                .workflowId(),
                        id -> !id.isEmpty());
    }

    static Progress awaitDone(DevStack stack, String workflow, int done) {
        return await(workflow + " at " + done)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> stack.progress(workflow).orElse(null),
                        progress -> progress != null && progress.done() >= done);
    }

    /** The committed step that the attempt after a kill began with. */
    private static int resumedFrom(DevStack stack, String train, Progress before) {
        Progress resumed = await("the attempt after the kill at step " + before.done())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> stack.progress(train).orElse(null),
                        // One that is slow to start says so first, before its first step.
                        progress -> progress != null && progress.done() > 0 && !progress.equals(before));
        return Objects.requireNonNullElse(resumed.committedStep(), 0);
    }
}
