package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.EndpointBackend;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model server in front of another model server, which holds the model and requires a key. */
class EndpointProxyTest {
    private static final String CHAT = "/v1/chat/completions";

    @TempDir
    private Path folder = Path.of("");

    private final ScriptedBackend model = ScriptedBackend.byHand();
    private ModelServer service = dead();
    private ModelServer front = dead();
    private Client client = new Client(0);

    private static ModelServer dead() {
        try {
            return server(new Models(), ApiKeys.NONE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ModelServer server(Models models, ApiKeys keys) throws IOException {
        return ModelServer.start(
                new ServeSettings("127.0.0.1", 0, keys, ServeLimits.DEFAULT), models, AuditBook.none());
    }

    private static Models models(String name, HostedBackend backend) {
        Models models = new Models();
        models.add(name, backend);
        return models;
    }

    @BeforeEach
    void start() throws IOException {
        service.close();
        front.close();
        service = server(models("tuned", new HostedBackend("v", model)), new ApiKeys(List.of(Upstream.KEY)));
        front = server(
                models(
                        "m",
                        new HostedBackend(
                                "v", new EndpointBackend(Upstream.model(Upstream.endpoints(folder, service.port()))))),
                ApiKeys.NONE);
        client = new Client(front.port());
    }

    @AfterEach
    void stop() {
        front.close();
        service.close();
    }

    @Test
    void passesTheRequestOnAndTheAnswerBack() throws Exception {
        var answer = client.later(
                CHAT,
                Client.chat("\"temperature\": 0.5, \"top_p\": 0.9, \"seed\": 3, \"max_tokens\": 7, \"stop\": [\"x\"]"));
        ScriptedBackend.Open asked = model.next();
        asked.write("good ", "morning");
        asked.end(FinishReason.LENGTH, 2);

        JsonNode json = answer.get().json();
        assertThat(answer.get().status()).isEqualTo(200);
        assertThat(json.path("model").asText()).isEqualTo("m");
        assertThat(json.at("/choices/0/message/content").asText()).isEqualTo("good morning");
        assertThat(json.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(json.at("/usage/prompt_tokens").asInt()).isEqualTo("hello".length());
        assertThat(json.at("/usage/completion_tokens").asInt()).isEqualTo(2);
        assertThat(asked.options().maxTokens()).isEqualTo(7);
        assertThat(asked.options().sampling().temperature()).isEqualTo(0.5);
        assertThat(asked.options().sampling().topP()).isEqualTo(0.9);
        assertThat(asked.options().sampling().seed()).isEqualTo(3);
        assertThat(asked.options().stops()).containsExactly("x");
    }

    @Test
    void theServiceDecidesTheLengthOfAnAnswerThatNobodyLimits() throws Exception {
        var answer = client.later(CHAT, Client.chat(""));
        ScriptedBackend.Open asked = model.next();
        asked.write("yes");
        asked.end(FinishReason.STOP, 1);

        assertThat(answer.get().text()).isEqualTo("yes");
        assertThat(asked.options().maxTokens()).isEqualTo(100 - "hello".length());
    }

    @Test
    void passesEachPieceOnWhenItComes() throws Exception {
        var stream =
                client.stream(CHAT, Client.chat("\"stream\": true, \"stream_options\": {\"include_usage\": true}"));
        ScriptedBackend.Open asked = model.next();
        asked.write("first ");
        Stream<String> events = stream.get(); // its headers come with the first piece
        asked.write("second");
        asked.end(FinishReason.STOP, 2);

        List<String> all = events.toList();
        assertThat(all).last().isEqualTo("[DONE]");
        List<JsonNode> chunks = Client.chunks(all.stream());
        assertThat(chunks.stream()
                        .map(chunk -> chunk.at("/choices/0/delta/content").asText("")))
                .containsSubsequence("first ", "second");
        assertThat(chunks.get(chunks.size() - 1).at("/usage/prompt_tokens").asInt())
                .isEqualTo("hello".length());
    }

    @Test
    void completesTexts() throws Exception {
        var answer = client.later("/v1/completions", "{\"model\": \"m\", \"prompt\": \"once\", \"echo\": true}");
        ScriptedBackend.Open asked = model.next();
        asked.write(" upon");
        asked.end(FinishReason.STOP, 1);

        assertThat(answer.get().json().at("/choices/0/text").asText()).isEqualTo("once upon");
    }

    @Test
    void countsAPromptOnceHoweverManyAnswersItHas() throws Exception {
        var answer = client.later(CHAT, Client.chat("\"n\": 2, \"seed\": 5"));
        List<Long> seeds = Stream.of(model.next(), model.next())
                .map(asked -> {
                    asked.write("a");
                    asked.end(FinishReason.STOP, 1);
                    return asked.options().sampling().seed();
                })
                .toList();

        assertThat(seeds).containsExactlyInAnyOrder(5L, 6L);
        assertThat(answer.get().json().at("/usage/prompt_tokens").asInt()).isEqualTo("hello".length());
    }

    @Test
    void aClientThatLeavesEndsTheAnswerAtTheService() throws Exception {
        try (RawClient raw = new RawClient(front.port())) {
            raw.post(CHAT, Client.chat("\"stream\": true"));
            ScriptedBackend.Open asked = model.next();
            asked.write("first");
            raw.leave();

            await().untilTrue(asked.cancelled());
        }
    }

    @Test
    void aClientThatLeavesBeforeTheFirstPieceEndsItToo() throws Exception {
        try (RawClient raw = new RawClient(front.port())) {
            raw.post(CHAT, Client.chat(""));
            ScriptedBackend.Open asked = model.next();
            raw.leave();

            await().untilTrue(asked.cancelled());
        }
    }
}
