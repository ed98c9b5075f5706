package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every file and command of .github/docs/from-500-chats.md, as written, at a free port. */
@Tag("nightly")
class From500ChatsIT {
    private static final int CHATS = 500;

    @TempDir
    private Path root;

    @Test
    void thePageWorksAsWritten() throws Exception {
        RunnableDocPage page = new RunnableDocPage(
                RunnableDocPage.of("from-500-chats.md").text().replace("8080", String.valueOf(Trials.freePort())));
        Path folder = root.resolve("support");
        Files.createDirectories(folder.resolve("data"));
        Path quickstart = Workspace.CHECKOUT.resolve("examples/quickstart");
        Workspace.copy(quickstart.resolve("base-model"), folder.resolve("base-model"));
        List<String> tickets = Files.readAllLines(quickstart.resolve("data/tickets.jsonl"));
        assertThat(SpecJson.mapper().readTree(page.blocks("json").get(0)))
                .as("the line of the page")
                .isEqualTo(SpecJson.mapper().readTree(tickets.get(0)));
        Files.write(folder.resolve("data/chats.jsonl"), tickets.subList(0, CHATS));
        Files.writeString(
                folder.resolve("pipeline.groovy"), page.blocks("groovy").get(0));
        try (DevStack stack = DevStack.start(root.resolve("state"), root)) {
            Map<String, String> environment = new HashMap<>(stack.environment());
            environment.putAll(DevStack.environment(stack.state()));
            environment.put("NO_PROXY", "127.0.0.1");

            String said = page.run(root, TemporalCli.path(), environment);

            assertThat(said)
                    .contains("500 rows, all read", "test rows: a share of right answers is uncertain", ">>{\"team\"")
                    .contains(" metric ", "1 created");
            PipelineReport report =
                    stack.result(stack.client().newUntypedWorkflowStub(triggered(stack)), Duration.ofMinutes(4));
            assertThat(Objects.requireNonNull(report.dataset()).reviewedRows())
                    .as("the accepted correction")
                    .isEqualTo(1);
            assertThat(report.deployment()).isNotNull();
        }
    }

    /** The id of the run that the schedule started. */
    private static String triggered(DevStack stack) {
        return await("the triggered run")
                .atMost(Duration.ofSeconds(60))
                .until(() -> newest(stack), id -> !id.isEmpty());
    }

    private static String newest(DevStack stack) throws Exception {
        Shell.Said said = TemporalCli.run(
                stack, "workflow", "list", "--query", "TemporalScheduledById = 'support'", "--output", "json");
        JsonNode list = SpecJson.mapper().readTree(said.out());
        return list.isEmpty() ? "" : list.get(0).at("/execution/workflowId").asText();
    }
}
