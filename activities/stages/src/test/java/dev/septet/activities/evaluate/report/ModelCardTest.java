package dev.septet.activities.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.CardSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The model card as the Hugging Face Hub reads it: {@code card.py} wrote what huggingface_hub found in {@code card.md}. */
class ModelCardTest {
    private static final Path GOLDEN = Path.of("src/test/resources/dev/septet/activities/evaluate/report");

    private static final CardSpec TEXTS = new CardSpec(
            "Routes support tickets: \"billing\" or 'technical'.\n---\nlicense: mit",
            "English only. <script>no</script>");

    @Test
    void theHubReadsEveryScore() throws IOException {
        String card = card(TEXTS);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(GOLDEN.resolve("card.md"), card);
        }
        assertThat(card).isEqualTo(Files.readString(GOLDEN.resolve("card.md")));
        JsonNode hub = SpecJson.mapper().readTree(GOLDEN.resolve("card.json").toFile());

        assertThat(hub.path("model_name").asText()).isEqualTo("support");
        assertThat(hub.path("license").asText()).isEqualTo("apache-2.0");
        assertThat(hub.path("base_model").asText()).isEqualTo("org/base: \"the\" model");
        assertThat(hub.path("base_model_relation").asText()).isEqualTo("adapter");
        assertThat(hub.path("language")).extracting(JsonNode::asText).containsExactly("en", "no");
        assertThat(hub.path("tags")).extracting(JsonNode::asText).containsExactly("septet", "lora");
        assertThat(hub.path("results")).hasSize(3);
        JsonNode exact = hub.path("results").get(0);
        assertThat(exact.path("task").asText()).isEqualTo("text-generation");
        assertThat(exact.path("dataset").asText()).isEqualTo("support-0123456789ab");
        assertThat(exact.path("split").asText()).isEqualTo("test");
        assertThat(exact.path("metric").asText()).isEqualTo("exact_match");
        assertThat(exact.path("name").asText()).isEqualTo("exactMatch");
        assertThat(exact.path("value").asDouble()).isEqualTo(0.95);
        assertThat(hub.path("results").get(1).path("value").asDouble()).isEqualTo(1.25e-5);
        assertThat(hub.path("results").get(2).path("value").isNumber()).isTrue();
    }

    @Test
    void saysWhatPeopleMustKnow() {
        assertThat(card(TEXTS))
                .contains("## Intended use\n\nRoutes support tickets", "## Limits\n\nEnglish only.")
                .contains("about rows like the 100 test rows of this pipeline")
                .contains("* method: `lora, rank 8`", "* tickets.jsonl: `cc-by-4.0`", "## Environmental cost")
                .doesNotContain("<script>");
        assertThat(card(null))
                .contains("The pipeline file does not declare it (`card intendedUse: '...'`).")
                .contains("The pipeline file does not declare it (`card limits: '...'`).");
    }

    private static String card(@Nullable CardSpec texts) {
        return new ModelCardPage(
                        "support",
                        "apache-2.0",
                        "org/base: \"the\" model",
                        true,
                        false,
                        "support-0123456789ab",
                        List.of("en", "no"),
                        Verdict.GO,
                        List.of(
                                new Score("exactMatch", 0.2, 0.95, 0.7, 0.8, 100, Verdict.GO, "above 0.9"),
                                new Score("exactMatch on gold", 0.2, 0.9, 0.6, 0.8, 50, Verdict.GO, "above 0.8"),
                                new Score("loss", null, 1.25e-5, null, null, 100, Verdict.GO, "no bound"),
                                new Score("perplexity", null, 1.5e9, null, null, 100, Verdict.GO, "no bound"),
                                new Score("bleu", 1.0, Double.NaN, null, null, 100, Verdict.NO_GO, "missing")),
                        List.of(),
                        List.of(new SummaryLine("steps", "240")),
                        List.of(new SummaryLine("rows", "1,200")),
                        List.of(new SummaryLine("dataset", "0123")),
                        new ModelCardPage.Terms(
                                texts,
                                List.of(new SummaryLine("method", "lora, rank 8"), new SummaryLine("seed", "42")),
                                List.of(new SummaryLine("tickets.jsonl", "cc-by-4.0")),
                                100))
                .markdown();
    }
}
