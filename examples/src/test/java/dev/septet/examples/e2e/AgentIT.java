package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/agent}: from conversations in two shapes to a served model whose calls OpenAI's client executes. */
@Tag("long")
class AgentIT {
    private static final List<String> QUESTIONS = List.of(
            "Where is my printer?",
            "What happened to my camera?",
            "Is the shop in Ashby open on Monday?",
            "Can I come to Elmford on Friday?",
            "Thank you.");

    @TempDir
    Path root;

    @Test
    void learnsCallsThatItsProgramExecutes() throws Exception {
        Path folder = root.resolve("examples/agent");
        Workspace.example(Workspace.CHECKOUT.resolve("examples/agent"), folder);
        Files.copy(
                Workspace.CHECKOUT.resolve("examples/quickstart/base-model/model.safetensors"),
                folder.resolve("base-model/model.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);

        JsonNode report = run(folder.resolve("pipeline.groovy"));
        assertThat(report.at("/dataset/quarantinedRows").asInt()).isZero();
        JsonNode score = report.at("/evaluation/scores/0");
        assertThat(score.path("metric").asText()).isEqualTo("exactMatch");
        assertThat(score.path("before").asDouble()).isLessThan(0.05);
        assertThat(score.path("after").asDouble()).isGreaterThan(0.9);

        try (ServeStack serve = ServeStack.start(
                root.resolve("state"), Map.of(), "agent=" + folder.resolve("models/agent/current/model"))) {
            List<JsonNode> answers = ask(serve.address());
            assertThat(answers).hasSize(QUESTIONS.size());
            called(answers.get(0), "find_order", "{\"product\":\"printer\"}", "Your printer is on its way.");
            called(answers.get(1), "find_order", "{\"product\":\"camera\"}", "Your camera is packed.");
            called(
                    answers.get(2),
                    "is_open",
                    "{\"town\":\"Ashby\",\"day\":\"Monday\"}",
                    "No, we are closed on that day.");
            called(
                    answers.get(3),
                    "is_open",
                    "{\"town\":\"Elmford\",\"day\":\"Friday\"}",
                    "Yes, we are open on that day.");
            assertThat(answers.get(4).path("calls")).isEmpty();
            assertThat(answers.get(4).path("answer").asText()).isEqualTo("You are welcome.");
        }
    }

    private JsonNode run(Path pipeline) throws Exception {
        Shell.Said said = Shell.run(
                root,
                DevStack.environment(root.resolve("state")),
                List.of(
                        Workspace.CHECKOUT.resolve("septet").toString(),
                        "run",
                        "--port",
                        "0",
                        "--data",
                        root.toString(),
                        pipeline.toString(),
                        "--json"),
                600);
        assertThat(said.status()).as(said.all()).isZero();
        return SpecJson.mapper().readTree(said.out()).path("report");
    }

    /** The answers of the example's own program. */
    private List<JsonNode> ask(String address) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Python.interpreter(), root.resolve("examples/agent/agent.py").toString(), "--url", address + "/v1"));
        command.addAll(QUESTIONS);
        Shell.Said said = Shell.run(root, Map.of("NO_PROXY", "127.0.0.1"), command, 120);
        assertThat(said.status()).as(said.all()).isZero();
        List<JsonNode> answers = new ArrayList<>();
        for (String line : said.out().lines().toList()) {
            answers.add(SpecJson.mapper().readTree(line));
        }
        return answers;
    }

    private static void called(JsonNode said, String name, String arguments, String answer) throws Exception {
        JsonNode call = said.at("/calls/0");
        assertThat(said.path("calls")).as(said.toString()).hasSize(1);
        assertThat(call.path("name").asText()).isEqualTo(name);
        assertThat(SpecJson.mapper().readTree(call.path("arguments").asText()))
                .isEqualTo(SpecJson.mapper().readTree(arguments));
        assertThat(said.path("answer").asText()).isEqualTo(answer);
    }
}
