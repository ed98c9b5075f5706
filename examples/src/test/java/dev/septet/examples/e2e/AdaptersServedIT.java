package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several adapters over one base model, each by its name. */
@Tag("long")
class AdaptersServedIT {
    private static final Path TINY =
            Workspace.CHECKOUT.resolve("activities/engine/src/test/resources/dev/septet/llm/format/tiny");
    private static final String PROMPT = "the parcel";

    @Test
    void everyNameAnswersByItsOwnAdapter(@TempDir Path root) throws Exception {
        try (ServeStack serve = ServeStack.start(
                root,
                Map.of(),
                "bare=" + TINY.resolve("base"),
                "--adapter",
                "first=" + TINY.resolve("lora"),
                "--adapter",
                "second=" + TINY.resolve("rslora"))) {
            assertThat(serve.models()).containsExactly("bare", "first", "second");
            String bare = text(serve, "bare");
            assertThat(bare).isEqualTo(alone(Optional.empty()));
            assertThat(text(serve, "first"))
                    .isEqualTo(alone(Optional.of(TINY.resolve("lora"))))
                    .isNotEqualTo(bare);
            assertThat(text(serve, "second"))
                    .isEqualTo(alone(Optional.of(TINY.resolve("rslora"))))
                    .isNotEqualTo(bare);
        }
    }

    @Test
    void anAdapterOfAnotherModelIsRefusedAtTheStart(@TempDir Path root) throws Exception {
        Shell.Said said = Shell.run(
                root,
                DevStack.environment(root.resolve("state")),
                Workspace.CHECKOUT.resolve("septet").toString(),
                "serve",
                "--port",
                "0",
                Workspace.CHECKOUT.resolve("examples/quickstart/base-model").toString(),
                "--adapter",
                "wrong=" + TINY.resolve("lora"));

        assertThat(said.status()).as(said.all()).isEqualTo(1);
        assertThat(said.err()).contains("lora").doesNotContain("\tat ");
    }

    private static String text(ServeStack serve, String model) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(serve.address() + "/v1/completions"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"model\": \"%s\", \"prompt\": \"%s\", \"temperature\": 0, \"max_tokens\": 12}"
                                                .formatted(model, PROMPT)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode json = SpecJson.mapper().readTree(answer.body());
        return json.at("/choices/0/text").asText();
    }

    private static String alone(Optional<Path> adapter) {
        Path base = TINY.resolve("base");
        try (Tokenizer tokenizer = Tokenizer.open(base);
                LanguageModel model = LanguageModel.open(base, ComputePrecision.FLOAT32, adapter)) {
            return new Generator(model, tokenizer, 1)
                    .generate(
                            List.of(tokenizer.encode(PROMPT, true)),
                            GenerationOptions.greedy(12, StopIds.of(base, tokenizer)))
                    .get(0)
                    .text();
        }
    }
}
