package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pipeline of {@code preferences.md}, on tickets whose routing is preferred to polite words. It
 * learns to, and what it learned is proved and published.
 */
@Tag("nightly")
class PreferencesIT {
    private static final int SECONDS = 600;
    private static final int ROWS = 300;

    @Test
    void learnsFromPairsAndPublishesWhatItLearned(@TempDir Path root) throws Exception {
        Workspace workspace = Workspace.in(root, "preferences", ROWS, pipeline());
        Files.write(
                workspace.folder().resolve("data/pairs.jsonl"),
                pairs(workspace.folder().resolve("data/tickets.jsonl")));

        Shell.Said said = Shell.septet(
                root,
                DevStack.environment(root.resolve("state")),
                SECONDS,
                "run",
                "--port",
                "0",
                workspace.file().toString(),
                "--json");

        assertThat(said.status()).as(said.all()).isZero();
        JsonNode run = SpecJson.mapper().readTree(said.out());
        assertThat(Files.readString(Path.of(run.path("reportPage").asText())))
                .contains("Rejected", "After: the chosen answer is likelier by ");
        JsonNode score = run.at("/report/evaluation/scores").get(0);
        assertThat(score.get("metric").asText()).isEqualTo("preferenceAccuracy");
        assertThat(score.get("after").asDouble())
                .isGreaterThanOrEqualTo(0.7)
                .isGreaterThan(score.get("before").asDouble());
        assertThat(workspace.folder().resolve("models/preferences/current/model/config.json"))
                .isRegularFile();
    }

    /** The page's, on a model that is here, and with the rate and the steps of a small one. */
    private static String pipeline() throws IOException {
        return RunnableDocPage.of("preferences.md")
                .blocks("groovy")
                .get(0)
                .replace("models/tiny", "base-model")
                .replace("accumulate: 4", "accumulate: 1")
                .replace("peak: 5e-6, warmup: 10.steps", "peak: 1e-3, warmup: 5.steps")
                .replace("method lora()", "method lora(); steps 40");
    }

    private static List<String> pairs(Path tickets) throws IOException {
        List<String> pairs = new ArrayList<>();
        for (String line : Files.readAllLines(tickets)) {
            List<JsonNode> messages = new ArrayList<>();
            SpecJson.mapper().readTree(line).path("messages").forEach(messages::add);
            JsonNode last = messages.remove(messages.size() - 1);
            if (last.path("role").asText().equals("assistant")) {
                Map<String, Object> pair = new LinkedHashMap<>();
                pair.put("prompt", messages);
                pair.put("chosen", last.get("content"));
                pair.put("rejected", "Thank you. We will look at it.");
                pairs.add(SpecJson.mapper().writeValueAsString(pair));
            }
        }
        return pairs;
    }
}
