package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.septet.activities.endpoint.EndpointCompletions;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.EndpointBackend;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
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
    void passesTheFormatOn() throws Exception {
        List<String> sent = new CopyOnWriteArrayList<>();
        HttpServer scripted = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        scripted.createContext("/v1/chat/completions", exchange -> {
            try (exchange) {
                sent.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                byte[] answer = ("data: {\"model\":\"tuned\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"{}\"},"
                                + "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
                        .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
        });
        scripted.start();
        String format =
                "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"strict\":true,\"schema\":{\"type\":\"object\"}}}";
        EndpointBackend passing = new EndpointBackend(
                Upstream.model(Upstream.endpoints(folder, scripted.getAddress().getPort())));
        try (ModelServer its = server(models("m", new HostedBackend("v", passing)), ApiKeys.NONE)) {
            var answer = new Client(its.port()).post(CHAT, Client.chat("\"response_format\": " + format));

            assertThat(answer.text()).isEqualTo("{}");
            assertThat(Client.json(sent.get(0)).path("response_format")).isEqualTo(Client.json(format));
        } finally {
            scripted.stop(0);
        }
    }

    @Test
    void aFormatIsRefusedForAModelOfBedrock() throws Exception {
        Path file = Files.writeString(folder.resolve("bedrock.yaml"), """
            bedrock:
              region: us-east-1
              role: arn:aws:iam::123456789012:role/septet-bedrock
              bucket: example-training
              models: {amazon.nova-micro-v1:0:128k: {}}
              runtimeEndpoint: http://127.0.0.1:1
            """);
        EndpointBackend bedrock = new EndpointBackend(
                EndpointCompletions.of(new ModelEndpoints(file, Map.of()), "test", "bedrock", "tuned"));
        try (ModelServer its = server(models("m", new HostedBackend("v", bedrock)), ApiKeys.NONE)) {
            var answer =
                    new Client(its.port()).post(CHAT, Client.chat("\"response_format\": {\"type\": \"json_object\"}"));

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().at("/error/param").asText()).isEqualTo("response_format");
            assertThat(answer.json().at("/error/message").asText()).contains("a model that Amazon Bedrock holds");
        }
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
