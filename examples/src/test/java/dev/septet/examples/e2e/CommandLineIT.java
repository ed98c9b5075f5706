package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines started, asked and refused by the official Temporal command line. */
class CommandLineIT {
    @TempDir
    static Path root;

    @TempDir
    static Path elsewhere;

    private static DevStack stack;
    private static Path temporal;

    @BeforeAll
    static void start() throws IOException {
        temporal = TemporalCli.path();
        Workspace tickets = Workspace.in(root, "tickets", 200, Pipelines.small(10));
        Path allowed = move(tickets, elsewhere.resolve("allowed"));
        Workspace snoop = Workspace.in(root, "snoop", 200, Pipelines.small(10));
        move(snoop, elsewhere.resolve("forbidden"));
        stack = DevStack.start(root.resolve("state"), Map.of("SEPTET_DATA", allowed.toString()), root);
    }

    /** A pipeline's base model goes out of its folder. */
    private static Path move(Workspace workspace, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path model = folder.resolve("base-model");
        Files.move(workspace.folder().resolve("base-model"), model);
        workspace.write(workspace.text().replace("model 'base-model'", "model '%s'".formatted(model)));
        return folder;
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    void startsAPipelineByItsName() throws Exception {
        Shell.Said started = start("cli-run", "{\"pipeline\":\"tickets\"}");

        assertThat(started.status()).as(started.all()).isZero();
        PipelineReport report = stack.result(stack.client().newUntypedWorkflowStub("cli-run"), Trials.PATIENCE);
        assertThat(report.deployment()).isNotNull();
        Shell.Said query = temporal("workflow", "query", "--workflow-id", "cli-run", "--type", "status");
        assertThat(query.out()).contains("EVALUATE", "DONE");
    }

    @Test
    void refusesAWrongNameAtOnceAndListsTheKnown() throws Exception {
        Shell.Said result = runs("wrong-name", "{\"pipeline\":\"ticket\"}");

        assertThat(result.all())
                .contains("there is no pipeline 'ticket' here. Known: ", "tickets")
                .doesNotContain(".java:");
    }

    @Test
    void refusesAWrongParameterAtOnceAndListsTheKnown() throws Exception {
        Shell.Said result = runs("wrong-param", "{\"pipeline\":\"tickets\",\"params\":{\"lora-rnk\":4}}");

        assertThat(result.all())
                .contains("no parameter `lora-rnk`. Did you mean `lora-rank`?")
                .doesNotContain(".java:");
    }

    /** Which folders are read is the worker's: what a caller sends cannot add one. */
    @Test
    void readsOnlyWhereTheWorkerMay() throws Exception {
        assertThat(runs("snoop", "{\"pipeline\":\"snoop\"}").all())
                .contains("reads outside of the folders that this worker serves")
                .doesNotContain(".java:");
        String source = Files.readString(root.resolve("snoop/pipeline.groovy"));
        String input = SpecJson.mapper()
                .writeValueAsString(Map.of(
                        "source",
                        source,
                        "folder",
                        elsewhere.resolve("forbidden").toString()));
        assertThat(runs("snoop-by-folder", input).all())
                .contains("is not one that this worker serves")
                .doesNotContain(".java:");
        String below = SpecJson.mapper().writeValueAsString(Map.of("source", source));
        assertThat(runs("snoop-by-source", below).all())
                .contains("leads out of the pipeline's folder")
                .doesNotContain(".java:");
    }

    @Test
    void refusesASourceThatWouldRunCode() throws Exception {
        Path canary = root.resolve("canary");
        String source = "pipeline('x') { prepare { dataset \\\"touch %s\\\".execute().text } }".formatted(canary);

        Shell.Said result = runs("hostile", "{\"source\":\"" + source + "\"}");

        assertThat(result.all()).contains("1:35", "is not allowed in a pipeline file");
        assertThat(canary).doesNotExist();
    }

    /** Starts and waits for the end, which must come soon. */
    private static Shell.Said runs(String id, String input) throws Exception {
        Shell.Said started = start(id, input);
        assertThat(started.status()).as(started.all()).isZero();
        return temporal("workflow", "result", "--workflow-id", id);
    }

    private static Shell.Said start(String id, String input) throws Exception {
        return temporal(
                "workflow",
                "start",
                "--type",
                "Pipeline",
                "--task-queue",
                "septet",
                "--workflow-id",
                id,
                "--input",
                input);
    }

    private static Shell.Said temporal(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(temporal.toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("--address", stack.server().address()));
        return Shell.run(Path.of("."), stack.environment(), command, 180);
    }
}
