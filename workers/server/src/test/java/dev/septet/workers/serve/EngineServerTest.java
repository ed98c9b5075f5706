package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.EngineBackend;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The server with the real engine and the quickstart's base model. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class EngineServerTest {
    private static final Path MODEL =
            Path.of("../../examples/quickstart/base-model").toAbsolutePath().normalize();
    private static final String CHAT = "/v1/chat/completions";
    private static final int TOKENS = 24;

    private ModelServer server = start();
    private Client client = new Client(server.port());

    private static ModelServer start() {
        Models models = new Models();
        models.add("base", new HostedBackend("0123456789ab", EngineBackend.open(MODEL)));
        try {
            return ModelServer.start(
                    new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT), models, AuditBook.none());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeAll
    void connect() {
        client = new Client(server.port());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void greedyAnswersAreTheEnginesOwnHoweverManyAskAtOnce() throws Exception {
        List<String> prompts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            prompts.add(String.format(Locale.ROOT, "Ticket %d: my parcel number %d never came", i, i * 7919));
        }
        List<Generated> alone = alone(prompts);
        List<CompletableFuture<Client.Answer>> asked = new ArrayList<>();
        for (String prompt : prompts) {
            asked.add(client.later(CHAT, chat(prompt, TOKENS, "")));
        }
        for (int i = 0; i < prompts.size(); i++) {
            Client.Answer answer = asked.get(i).get();
            assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
            assertThat(answer.text()).as(prompts.get(i)).isEqualTo(alone.get(i).text());
            assertThat(answer.json().at("/usage/completion_tokens").asInt())
                    .isEqualTo(alone.get(i).ids().length);
        }
    }

    @Test
    void theSameIsStreamed() throws Exception {
        String prompt = "Ticket: the lamp arrived broken";
        Generated alone = alone(List.of(prompt)).get(0);
        StringBuilder text = new StringBuilder();
        List<JsonNode> chunks = Client.chunks(
                client.stream(CHAT, chat(prompt, TOKENS, ",\"stream\":true")).get());
        chunks.forEach(chunk -> text.append(chunk.at("/choices/0/delta/content").asText("")));

        assertThat(text.toString()).isEqualTo(alone.text());
        assertThat(chunks.size()).as("pieces, not one whole").isGreaterThan(2);
        assertThat(chunks.get(0).path("system_fingerprint").asText()).isEqualTo("0123456789ab");
    }

    @Test
    void answersShortOnesBesideLongOnesAndStopsForThoseWhoLeave() throws Exception {
        List<RawClient> long1 = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RawClient raw = new RawClient(server.port());
            raw.post(CHAT, chat("tell me a long story " + i, 400, ",\"stream\":true"));
            long1.add(raw);
        }
        // All rows of the engine are taken by answers of seconds; one leaves, one may join.
        CompletableFuture<Client.Answer> brief = client.later(CHAT, chat("hello", 1, ""));
        for (RawClient raw : long1) {
            raw.close();
        }
        assertThat(brief.get().status()).isEqualTo(200);
        await().untilAsserted(() ->
                assertThat(client.post(CHAT, chat("hello", 1, "")).status()).isEqualTo(200));
    }

    /** What lm-evaluation-harness asks for: the log-probabilities of given texts. */
    @Test
    void echoesPromptsWithTheLogProbabilitiesOfTheirTokens() throws Exception {
        String text = "The parcel never came, and nobody answered the phone when I called the shop on Monday.";
        int[] ids;
        float[] expected;
        try (Tokenizer tokenizer = Tokenizer.open(MODEL);
                LanguageModel model = LanguageModel.open(MODEL, ComputePrecision.FLOAT32, Optional.empty())) {
            ids = tokenizer.encode(text, true);
            expected = model.logProbabilities(List.of(ids), new int[] {1}).get(0);
        }
        String list = Arrays.toString(ids);
        for (String prompt : List.of(SpecJson.mapper().writeValueAsString(text), list, "[" + list + "]")) {
            Client.Answer answer = client.post(
                    "/v1/completions",
                    "{\"model\":\"base\",\"prompt\":%s,\"max_tokens\":1,\"temperature\":0,\"logprobs\":1,\"echo\":true,\"seed\":1234}"
                            .formatted(prompt));

            assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
            JsonNode choice = answer.json().at("/choices/0");
            JsonNode logs = choice.at("/logprobs/token_logprobs");
            assertThat(logs).hasSize(ids.length + 1);
            assertThat(logs.path(0).isNull()).isTrue();
            assertThat(choice.at("/logprobs/top_logprobs/0").isNull()).isTrue();
            for (int t = 1; t < ids.length; t++) {
                assertThat(logs.path(t).doubleValue()).isCloseTo(expected[t - 1], within(1e-4));
                assertThat(choice.at("/logprobs/top_logprobs").path(t)).isNotEmpty();
            }
            assertThat(choice.path("text").textValue()).startsWith(text);
        }
    }

    @Test
    void refusesTokenIdsThatTheModelDoesNotHave() throws Exception {
        for (String prompt : List.of("[1000000]", "[-1]", "[1.5]", "[[1],[]]", "[[1],\"a\"]")) {
            Client.Answer answer = client.post(
                    "/v1/completions", "{\"model\":\"base\",\"prompt\":%s,\"max_tokens\":1}".formatted(prompt));

            assertThat(answer.status()).as(prompt).isEqualTo(400);
            assertThat(answer.error()).as(prompt).contains("'prompt'");
        }
        String many = "1,".repeat(600) + "1";
        assertThat(client.post(
                                "/v1/completions",
                                "{\"model\":\"base\",\"prompt\":[%s],\"max_tokens\":1}".formatted(many))
                        .error())
                .isEqualTo("this model's context is 512 tokens, but there are 601 in the prompt");
    }

    @Test
    void aMegabyteThatCannotFitIsRefusedBeforeItIsTokenised() throws Exception {
        Client.Answer refused = client.post(CHAT, chat("a ".repeat(500_000), 1, ""));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error())
                .as("it counts characters: nobody knows the tokens")
                .startsWith("this model's context is 512 tokens, which hold ")
                .endsWith(" characters at most, but there are 1000000 in the messages");
    }

    private static String chat(String prompt, int tokens, String more) {
        return String.format(
                Locale.ROOT,
                "{\"model\":\"base\",\"temperature\":0,\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":%s}]%s}",
                tokens,
                SpecJson.mapper().getNodeFactory().textNode(prompt),
                more);
    }

    private static List<Generated> alone(List<String> prompts) {
        try (Tokenizer tokenizer = Tokenizer.open(MODEL);
                LanguageModel model = LanguageModel.open(MODEL, ComputePrecision.FLOAT32, Optional.empty())) {
            ChatEncoder encoder = new ChatEncoder(ChatTemplate.of(MODEL), tokenizer);
            Generator generator = new Generator(model, tokenizer, 1);
            GenerationOptions greedy = GenerationOptions.greedy(TOKENS, StopIds.of(MODEL, tokenizer));
            List<Generated> answers = new ArrayList<>();
            for (String prompt : prompts) {
                int[] ids = encoder.prompt(List.of(new ChatMessage("user", prompt)));
                answers.add(generator.generate(List.of(ids), greedy).get(0));
            }
            return answers;
        }
    }
}
