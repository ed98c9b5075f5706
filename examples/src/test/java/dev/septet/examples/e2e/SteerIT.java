package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.TrainStatus;
import dev.septet.workflows.train.TrainWorkflow;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training steered from the command line, killed and paused, loses neither a step nor a bit. */
@Tag("nightly")
class SteerIT {
    private static final String NAME = "steered";
    private static final int STEPS = 32;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    private Path root = Path.of("");

    @Test
    void steeredKilledAndPausedEqualsSteeredAtTheSameStepAndUndisturbed() throws Exception {
        Workspace workspace = Workspace.in(root, NAME, 160, Pipelines.small(STEPS));
        try (DevStack stack = DevStack.start(root.resolve("state"), workspace.folder())) {
            WorkflowStub first = stack.begin(NAME);
            String train = training(stack);
            awaitStep(stack, train, 8);
            JsonNode answer = update(stack, train, "setLearningRate", "{\"value\":5e-4}");
            int step = answer.get("step").asInt();
            assertThat(step).isBetween(8, STEPS - 5);
            awaitStep(stack, train, step + 2);
            stack.awaitSuccessor("training", stack.kill("training"));
            Shell.Said paused = septet(stack, "steer", NAME, "pause");
            assertThat(paused.all()).startsWith(NAME + ": ");
            await("the pause").atMost(PATIENCE).until(() -> state(stack, train) == TrainStatus.State.PAUSED);
            assertThat(septet(stack, "steer", NAME, "pause")).satisfies(said -> {
                assertThat(said.status()).isEqualTo(1);
                assertThat(said.err()).contains("the training is paused already, before step ");
            });
            assertThat(septet(stack, "steer", NAME, "resume", "--json").out()).contains("\"action\":\"RESUME\"");
            PipelineReport stormy = stack.result(first, PATIENCE);
            assertThat(septet(stack, "steer", NAME, "pause").err())
                    .contains("its training is over, so there is nothing to steer");

            WorkflowStub second = stack.begin(NAME);
            String again = training(stack);
            update(stack, again, "setLearningRate", String.format(Locale.ROOT, "{\"value\":5e-4,\"atStep\":%d}", step));
            PipelineReport calm = stack.result(second, PATIENCE);

            assertSame(stack, step, checkpoint(stormy), checkpoint(calm));
        }
    }

    private static void assertSame(DevStack stack, int step, CheckpointRef stormy, CheckpointRef calm)
            throws IOException {
        String steered = String.format(Locale.ROOT, "steered: learning rate 5.0E-4 from step %d on", step);
        assertThat(stormy.origin().why()).endsWith(steered);
        assertThat(calm.origin().why()).endsWith(steered);
        assertThat(calm.origin().reusedFrom())
                .as("what it did not know of when it began")
                .isNull();
        assertThat(calm.artifact()).isEqualTo(stormy.artifact());
        assertThat(calm.ledger()).isEqualTo(stormy.ledger());
        List<String> ledger = Ledger.steps(stack.files(stormy.ledger()).resolve("ledger.jsonl"), STEPS);
        assertThat(ledger.get(step)).contains("\"learningRate\":5.0E-4");
        assertThat(ledger.get(step - 1)).doesNotContain("\"learningRate\":5.0E-4");
    }

    private static CheckpointRef checkpoint(PipelineReport report) {
        return Objects.requireNonNull(report.checkpoint());
    }

    private static String training(DevStack stack) {
        return await("the training")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(
                        () -> stack.status(NAME).stages().get(3),
                        stage -> stage.state() == dev.septet.workflows.StageStatus.State.RUNNING)
                .workflowId();
    }

    private static void awaitStep(DevStack stack, String train, int step) {
        await(train + " at step " + step)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> stack.progress(train)
                        .filter(progress -> progress.done() >= step)
                        .isPresent());
    }

    private static TrainStatus.State state(DevStack stack, String train) {
        return stack.client()
                .newWorkflowStub(TrainWorkflow.class, train)
                .status()
                .state();
    }

    private static JsonNode update(DevStack stack, String train, String name, String input) throws Exception {
        Shell.Said said = TemporalCli.run(
                stack,
                "workflow",
                "update",
                "execute",
                "--name",
                name,
                "--workflow-id",
                train,
                "--input",
                input,
                "--output",
                "json");
        assertThat(said.status()).as(said.all()).isZero();
        return SpecJson.mapper().readTree(said.out()).get("result");
    }

    private static Shell.Said septet(DevStack stack, String... arguments) throws Exception {
        return Shell.septet(Workspace.CHECKOUT, DevStack.environment(stack.state()), 120, arguments);
    }
}
