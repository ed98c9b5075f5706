package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineReport;
import io.temporal.client.WorkflowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A customer asks to be forgotten: a model is trained without their rows and serves, and the old one, its dataset and its
 * published folder are gone, although workers are killed meanwhile.
 */
@Tag("long")
class ForgetIT {
    private static final String NAME = "customers";
    private static final int ROWS = 160;
    private static final Set<Integer> ANNA = Set.of(3, 40, 77);
    private static final String WHERE = "row.customer == \"c-17\"";

    @TempDir
    static Path root;

    @Test
    void aForgottenCustomerIsInNoModelAndNoFolder() throws Exception {
        int port = Trials.freePort();
        Workspace workspace = Workspace.in(
                root,
                NAME,
                ROWS,
                Pipelines.small(20)
                        .replace(
                                "target ollama('NAME', directory: 'ollama')",
                                String.format(Locale.ROOT, "target http { port %d }", port)));
        name(workspace.folder().resolve("data/tickets.jsonl"));
        Callers callers = new Callers("http://127.0.0.1:" + port, NAME, root.resolve("state"));
        try (DevStack stack = DevStack.start(root.resolve("state"), workspace.folder())) {
            PipelineReport old = stack.result(stack.begin(NAME), Trials.PATIENCE);
            String version = Trials.version(old);
            new Trials(stack, callers, NAME).awaitServed(version);
            Path dataset = stack.files(Objects.requireNonNull(old.dataset()).artifact());
            Path adapter = stack.files(Objects.requireNonNull(old.checkpoint()).artifact());
            Path export = stack.files(Objects.requireNonNull(old.deployment()).artifact());
            assertThat(List.of(dataset, adapter, export)).allMatch(Files::isDirectory);
            Shell.Said traced = septet(stack, 120, "trace", "--file", file(workspace), "--where", WHERE);
            assertThat(traced.status()).as(traced.all()).isZero();
            assertThat(traced.out()).contains("the expression is true for 3", "tickets.jsonl:4", version, "serves");
            Shell.Said plan = septet(stack, 120, "forget", file(workspace), "--where", WHERE);
            assertThat(plan.status()).as(plan.all()).isZero();
            assertThat(plan.out()).contains("Left out  3 rows", "Trained   " + NAME, "Nothing was done.");
            assertThat(dataset).isDirectory();

            Shell.Said done = forgetWhileWorkersDie(stack, workspace);

            assertThat(done.status()).as(done.all()).isZero();
            assertThat(done.out()).contains("3 rows are forgotten", "Versions  " + version);
            assertThat(List.of(dataset, adapter, export)).noneMatch(Files::exists);
            assertThat(workspace.folder().resolve("out/versions").resolve(version))
                    .doesNotExist();
            PipelineReport next =
                    stack.result(stack.client().newUntypedWorkflowStub(NAME + "/retrain"), Duration.ofMinutes(1));
            new Trials(stack, callers, NAME).awaitServed(Trials.version(next));
            withoutAnna(stack.files(Objects.requireNonNull(next.dataset()).artifact()));
            Shell.Said nothing = septet(stack, 120, "trace", "--file", file(workspace), "--where", WHERE);
            assertThat(nothing.status()).as(nothing.all()).isEqualTo(5);
            Shell.Said status = septet(stack, 120, "forget", file(workspace), "--status");
            assertThat(status.out()).contains("3 rows are forgotten");
        }
    }

    /** Kills the training worker in the retraining, and the light worker when the erasure follows it. */
    private static Shell.Said forgetWhileWorkersDie(DevStack stack, Workspace workspace) throws Exception {
        CompletableFuture<Shell.Said> done = CompletableFuture.supplyAsync(() -> {
            try {
                return septet(stack, 400, "forget", file(workspace), "--where", WHERE, "--yes");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await("the retraining")
                .atMost(Trials.PATIENCE)
                .ignoreExceptionsInstanceOf(WorkflowException.class)
                .failFast(done::isDone)
                .until(() -> stack.status(NAME + "/retrain").stages().stream()
                        .anyMatch(
                                stage -> !stage.workflowId().isEmpty() && stack.waitsFor(stage.workflowId(), "Train")));
        stack.awaitSuccessor("light", stack.kill("light"));
        stack.awaitSuccessor("training", stack.kill("training"));
        return done.get(400, TimeUnit.SECONDS);
    }

    private static Shell.Said septet(DevStack stack, int seconds, String... words)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("data"));
        all.addAll(List.of(words));
        return Shell.septet(root, DevStack.environment(stack.state()), seconds, all.toArray(String[]::new));
    }

    private static String file(Workspace workspace) {
        return workspace.file().toString();
    }

    /** Says of each row whose it is. */
    private static void name(Path tickets) throws IOException {
        List<String> rows = new ArrayList<>();
        for (String row : Files.readAllLines(tickets)) {
            ObjectNode named = (ObjectNode) SpecJson.mapper().readTree(row);
            named.put("customer", ANNA.contains(rows.size()) ? "c-17" : "c-" + (100 + rows.size()));
            rows.add(named.toString());
        }
        Files.write(tickets, rows);
    }

    private static void withoutAnna(Path dataset) throws IOException {
        List<String> sources = new ArrayList<>();
        for (String split : List.of("train", "validation", "test")) {
            for (String line : Files.readAllLines(dataset.resolve(split + ".jsonl"))) {
                sources.add(SpecJson.mapper().readTree(line).path("source").asText());
            }
        }
        assertThat(sources).isNotEmpty();
        for (int row : ANNA) {
            assertThat(sources).doesNotContain("data/tickets.jsonl:" + (row + 1));
        }
        JsonNode card = SpecJson.mapper().readTree(dataset.resolve("card.json").toFile());
        assertThat(card.at("/rows/forgotten").asInt()).isEqualTo(ANNA.size());
    }
}
