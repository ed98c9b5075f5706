package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.basemodel.GgufModels;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.GgufBackends;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GGUF files of the tiny families, quantised by Septet, answer over HTTP. */
@Timeout(120)
class GgufServerTest {
    private static final Path TESTS = Path.of("../../activities/engine/src/test/resources/dev/septet/llm")
            .toAbsolutePath()
            .normalize();
    private static final String PROMPT = "The printer";
    private static final int TOKENS = 16;

    @TempDir
    private Path root = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "smollm3", "gemma3", "llama"})
    void everyFormAnswersAsTheEngineDoesWithWhatTheFileMeans(String family) throws Exception {
        Path folder = folder(family);
        GgufModels converted = new GgufModels(root.resolve("converted"));
        Models models = new Models();
        for (GgufForm form : List.of(GgufForm.Q8_0, GgufForm.Q4_K_M, GgufForm.Q4_0)) {
            Path file = root.resolve(form.word() + ".gguf");
            GgufExport.write(ModelFolder.open(folder), file, form.word(), form);
            models.add(form.word(), new HostedBackend(form.word(), GgufBackends.open(file, converted)));
        }
        try (ModelServer server = ModelServer.start(
                new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT), models, AuditBook.none())) {
            Client client = new Client(server.port());
            for (String form : models.names()) {
                Path meant = converted.folder(root.resolve(form + ".gguf"));
                String text = answer(client, form, TOKENS);
                assertThat(text).as(form).isEqualTo(alone(meant, TOKENS)).isNotBlank();
            }
            // Eight bits leave the first tokens; later ones may be near ties of a random model.
            assertThat(answer(client, "q8_0", 2)).isEqualTo(alone(folder, 2));
        }
    }

    @Test
    void aModelThatDoesNotFitIsRefusedWithBothNumbers() throws Exception {
        Path file = root.resolve("model.gguf");
        GgufExport.write(ModelFolder.open(folder("qwen3")), file, "model", GgufForm.Q8_0);

        assertThatThrownBy(() -> GgufBackends.open(file, new GgufModels(root.resolve("converted")), 1000))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("of memory in float32")
                .hasMessageContaining("llama-server");
    }

    private static String answer(Client client, String model, int tokens) throws Exception {
        Client.Answer answer = client.post(
                "/v1/chat/completions",
                String.format(
                        Locale.ROOT,
                        "{\"model\":\"%s\",\"temperature\":0,\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}",
                        model,
                        tokens,
                        PROMPT));
        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
        return answer.text();
    }

    private static String alone(Path folder, int tokens) {
        try (Tokenizer tokenizer = Tokenizer.open(folder);
                LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty())) {
            int[] prompt = new ChatEncoder(ChatTemplate.of(folder), tokenizer)
                    .prompt(List.of(new ChatMessage("user", PROMPT)));
            return new Generator(model, tokenizer, 1)
                    .generate(List.of(prompt), GenerationOptions.greedy(tokens, StopIds.of(folder, tokenizer)))
                    .get(0)
                    .text();
        }
    }

    private Path folder(String family) throws IOException {
        Path folder = Files.createDirectories(root.resolve(family));
        Path weights = TESTS.resolve("gguf/families").resolve(family);
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(weights.resolve(name), folder.resolve(name));
        }
        for (String name : List.of("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")) {
            Files.copy(TESTS.resolve("format/tiny/base").resolve(name), folder.resolve(name));
        }
        return folder;
    }
}
