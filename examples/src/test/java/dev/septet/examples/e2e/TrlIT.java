package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.CheckpointRef;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TRL trains a stage: the same losses as the engine, and one result whatever is killed. */
@Tag("nightly")
class TrlIT {
    private static final int KILLED_STEPS = 40;
    private static final int COMPARED_STEPS = 10;
    private static final int ROWS = 240;
    private static final Duration PATIENCE = Duration.ofMinutes(12);

    @TempDir
    static Path root;

    private static Path trainers;

    @BeforeAll
    static void declare() throws Exception {
        trainers = root.resolve("trainers.yaml");
        Path wrapper = Workspace.CHECKOUT.resolve("examples/trainers/trl");
        Files.writeString(
                trainers,
                Files.readString(wrapper.resolve("trainers.yaml"))
                        .replaceFirst(
                                "command: .*",
                                "command: [%s, %s]".formatted(Python.interpreter("trl"), wrapper.resolve("train.py"))));
    }

    @Test
    void aTrainingByTrlThatIsKilledEverywhereEndsInOneResult() throws Exception {
        Workspace workspace =
                workspace("killed", Pipelines.small(KILLED_STEPS).replace("steps 40", "steps 40\nby command('trl')"));
        try (DevStack stack = stack(workspace)) {
            WorkflowStub run = stack.begin("killed");
            String train = await("the training")
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> stack.status("killed").stages().get(3).workflowId(), id -> !id.isEmpty());
            for (String victim : List.of("worker", "trainer", "supervisor", "trainer and supervisor", "server")) {
                awaitMoreSteps(stack, train);
                switch (victim) {
                    case "worker" -> stack.awaitSuccessor("training", stack.kill("training"));
                    case "server" -> stack.awaitSuccessor("server", stack.kill("server"));
                    case "trainer" ->
                        TrainerProcesses.kill(trainer(stack).awaitAny().get(0));
                    case "supervisor" -> TrainerProcesses.kill(supervisor(stack));
                    default -> {
                        TrainerProcesses.kill(supervisor(stack));
                        TrainerProcesses.kill(trainer(stack).awaitAny().get(0));
                    }
                }
            }
            PipelineReport report = stack.result(run, PATIENCE);

            CheckpointRef checkpoint = Objects.requireNonNull(report.checkpoint());
            assertThat(checkpoint.steps()).isEqualTo(KILLED_STEPS);
            assertThat(losses(stack, checkpoint)).hasSize(KILLED_STEPS);
            assertThat(report.deployment()).isNotNull();
            assertThat(workspace.folder().resolve("out/current")).isDirectory();
            assertThat(trainer(stack).all())
                    .as("processes of the trainer afterwards")
                    .isEmpty();
            try (Stream<Path> left = Files.list(stack.state().resolve("trainers"))) {
                assertThat(left.map(Path::getFileName).map(Path::toString))
                        .singleElement()
                        .asString()
                        .startsWith("host-");
            }
        }
    }

    /** All parameters are trained, because the random start of an adapter differs between the two. */
    @Test
    void trlAndTheEngineHaveTheSameLosses() throws Exception {
        String file = Pipelines.small(COMPARED_STEPS)
                .replace("method lora { rank loraRank; alpha 16 }", "method full()")
                .replace("deploy {", "deploy { // nothing else\n");
        String byTrl = file.replace("steps 10", "steps 10\nby command('trl')");
        Workspace engine = workspace("engine", file);
        Workspace trl = workspace("trl", byTrl);
        List<Double> expected;
        List<Double> losses;
        try (DevStack stack = stack(engine)) {
            expected = losses(
                    stack,
                    Objects.requireNonNull(
                            stack.result(stack.begin("engine"), PATIENCE).checkpoint()));
        }
        try (DevStack stack = stack(trl)) {
            CheckpointRef checkpoint = Objects.requireNonNull(
                    stack.result(stack.begin("trl"), PATIENCE).checkpoint());
            assertThat(checkpoint.adapter()).isFalse();
            losses = losses(stack, checkpoint);
        }
        assertThat(losses).hasSameSizeAs(expected);
        for (int step = 0; step < losses.size(); step++) {
            assertThat(losses.get(step)).as("step %d", step).isCloseTo(expected.get(step), withinPercentage(1));
        }
    }

    private static Workspace workspace(String name, String file) throws IOException {
        return Workspace.in(Files.createDirectories(root.resolve(name)), name, ROWS, file);
    }

    private static DevStack stack(Workspace workspace) throws IOException {
        return DevStack.start(
                root.resolve(workspace.folder().getFileName() + "-state"),
                Map.of("SEPTET_TRAINERS", trainers.toString()),
                workspace.folder());
    }

    private static void awaitMoreSteps(DevStack stack, String train) {
        long before = stack.progress(train).map(Progress::done).orElse(0L);
        await("steps after step " + before)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> stack.progress(train)
                                .filter(progress -> progress.doing().startsWith("training"))
                                .map(Progress::done)
                                .orElse(0L),
                        done -> done > before || done > KILLED_STEPS / 2);
    }

    private static List<Double> losses(DevStack stack, CheckpointRef checkpoint) throws IOException {
        List<Double> losses = new ArrayList<>();
        for (String line : Files.readAllLines(stack.files(checkpoint.ledger()).resolve("ledger.jsonl"))) {
            JsonNode step = SpecJson.mapper().readTree(line);
            assertThat(step.get("step").asInt()).isEqualTo(losses.size());
            losses.add(step.get("loss").asDouble());
        }
        return losses;
    }

    private static Path runFolder(DevStack stack) throws IOException {
        try (Stream<Path> all = Files.list(stack.state().resolve("trainers"))) {
            return all.filter(Files::isDirectory).findFirst().orElseThrow();
        }
    }

    private static long supervisor(DevStack stack) throws IOException {
        return Long.parseLong(
                Files.readString(runFolder(stack).resolve("supervisor")).split(" ", -1)[0]);
    }

    private static TrainerProcesses trainer(DevStack stack) {
        return new TrainerProcesses(stack.state().resolve("trainers").toAbsolutePath());
    }
}
