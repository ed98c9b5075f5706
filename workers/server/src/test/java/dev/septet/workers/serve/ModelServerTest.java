package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.openai.RequestLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the server says to whom, with answers that the test writes. */
class ModelServerTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String TEXT = "/v1/completions";
    private static final ServeLimits LIMITS = new ServeLimits(
            new RequestLimits(4096, 3, 4, 4),
            2,
            2,
            64,
            0,
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10));

    private final Models models = new Models();
    private final ScriptedBackend slow = ScriptedBackend.byHand();
    private ModelServer server = start(LIMITS);
    private Client client = new Client(0);

    private ModelServer start(ServeLimits limits) {
        try {
            return ModelServer.start(new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, limits), models, AuditBook.none());
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void addModels() {
        models.add("m", new HostedBackend("abcdef123456", ScriptedBackend.echoing()));
        models.add("slow", new HostedBackend("fedcba654321", slow));
        client = new Client(server.port());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answersAConversation() throws Exception {
        Client.Answer answer = client.post(CHAT, Client.chat(""));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("hello");
        assertThat(answer.json().path("object").asText()).isEqualTo("chat.completion");
        assertThat(answer.json().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(answer.json().path("usage").toString())
                .isEqualTo("{\"prompt_tokens\":5,\"completion_tokens\":6,\"total_tokens\":11}");
        assertThat(answer.header("x-request-id"))
                .isEqualTo(answer.json().path("id").asText());
        assertThat(answer.header("x-septet-version")).isEqualTo("abcdef123456");
        assertThat(answer.header("x-septet-arm")).isEmpty();
    }

    @Test
    void goesOnWithTextsEchoedWhereAsked() throws Exception {
        Client.Answer answer = client.post(TEXT, "{\"model\":\"m\",\"prompt\":[\"ab\",\"c\"],\"n\":2,\"echo\":true}");

        List<String> texts = new ArrayList<>();
        answer.json()
                .path("choices")
                .forEach(choice -> texts.add(choice.path("text").asText()));
        assertThat(texts).containsExactly("abab", "abab", "cc", "cc");
    }

    @Test
    void streamsPiecesAsTheyAreWritten() throws Exception {
        CompletableFuture<Stream<String>> stream =
                client.stream(CHAT, slow("\"stream\": true, \"stream_options\": {\"include_usage\": true}"));
        ScriptedBackend.Open answer = slow.next();
        answer.write("He");
        Iterator<String> events = stream.get().iterator();

        JsonNode first = Client.json(events.next());
        assertThat(first.at("/choices/0/delta").toString()).isEqualTo("{\"role\":\"assistant\",\"content\":\"He\"}");
        assertThat(first.path("usage").isNull()).isTrue();
        answer.write("y");
        assertThat(Client.json(events.next()).at("/choices/0/delta").toString()).isEqualTo("{\"content\":\"y\"}");
        answer.end(FinishReason.LENGTH, 3);
        assertThat(Client.json(events.next()).at("/choices/0/finish_reason").asText())
                .isEqualTo("length");
        JsonNode usage = Client.json(events.next());
        assertThat(usage.path("choices")).isEmpty();
        assertThat(usage.at("/usage/completion_tokens").asInt()).isEqualTo(3);
        assertThat(events.next()).isEqualTo("[DONE]");
        assertThat(events.hasNext()).isFalse();
    }

    @Test
    void anErrorInTheMiddleOfAStreamIsAnEvent() throws Exception {
        CompletableFuture<Stream<String>> stream = client.stream(CHAT, slow("\"stream\": true"));
        ScriptedBackend.Open answer = slow.next();
        answer.write("He");
        answer.listener().failed(new ArithmeticException("the scores are not finite"));

        List<String> events = stream.get().toList();
        assertThat(Client.json(events.get(1)).at("/error/message").asText()).contains("the scores are not finite");
        assertThat(events.get(2)).isEqualTo("[DONE]");
    }

    @Test
    void anErrorBeforeTheFirstPieceHasItsStatus() throws Exception {
        CompletableFuture<Client.Answer> asked = client.later(CHAT, slow("\"stream\": true"));
        slow.next().listener().failed(new ArithmeticException("the scores are not finite"));

        assertThat(asked.get().status()).isEqualTo(500);
        assertThat(asked.get().json().at("/error/type").asText()).isEqualTo("server_error");
    }

    @Test
    void refusesMoreThanItCanQueue() throws Exception {
        List<CompletableFuture<Client.Answer>> waiting = new ArrayList<>();
        List<ScriptedBackend.Open> open = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiting.add(client.later(CHAT, slow("")));
        }
        open.add(slow.next());
        open.add(slow.next());
        await().until(() -> client.post(CHAT, Client.chat("")).status() == 429);

        Client.Answer refused = client.post(CHAT, Client.chat(""));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isNotEmpty();
        assertThat(refused.error()).contains("4 answers").contains("accepts 4");

        open.forEach(answer -> answer.end(FinishReason.STOP, 1));
        slow.next().end(FinishReason.STOP, 1);
        slow.next().end(FinishReason.STOP, 1);
        for (CompletableFuture<Client.Answer> answer : waiting) {
            assertThat(answer.get().status()).isEqualTo(200);
        }
        assertThat(client.post(CHAT, Client.chat("")).status()).isEqualTo(200);
    }

    @Test
    void refusesWhoAsksTooOften() throws Exception {
        server.close();
        Models own = new Models();
        own.add("m", new HostedBackend("abcdef123456", ScriptedBackend.echoing()));
        try (ModelServer strict = ModelServer.start(
                new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, LIMITS.perMinute(2)), own, AuditBook.none())) {
            Client hasty = new Client(strict.port());
            assertThat(hasty.post(CHAT, Client.chat("")).status()).isEqualTo(200);
            assertThat(hasty.post(CHAT, Client.chat("")).status()).isEqualTo(200);
            Client.Answer refused = hasty.post(CHAT, Client.chat(""));
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.json().at("/error/code").asText()).isEqualTo("rate_limit_exceeded");
            assertThat(Integer.parseInt(refused.header("Retry-After")))
                    .as("how long exactly, RateLimitTest checks")
                    .isBetween(1, 30);
            assertThat(hasty.get("/v1/models").status()).isEqualTo(200);
        }
    }

    @Test
    void stopsWritingForAClientThatLeft() throws Exception {
        for (String more : List.of("", "\"stream\": true")) {
            ScriptedBackend.Open answer;
            try (RawClient raw = new RawClient(server.port())) {
                raw.post(CHAT, slow(more));
                answer = slow.next();
                assertThat(answer.cancelled()).isFalse();
            }
            await().untilTrue(answer.cancelled());
        }
        // All places are free again.
        assertThat(client.post(CHAT, Client.chat("\"n\": 3")).status()).isEqualTo(200);
    }

    @Test
    void stopsWritingForAClientThatDoesNotRead() throws Exception {
        try (RawClient raw = new RawClient(server.port())) {
            raw.post(CHAT, slow("\"stream\": true"));
            ScriptedBackend.Open answer = slow.next();
            String piece = "x".repeat(10_000);
            for (int i = 0; i < 5000 && !answer.cancelled().get(); i++) {
                answer.write(piece);
            }
            await().untilTrue(answer.cancelled());
        }
    }

    @Test
    void doesNotWaitForEverForAClientThatTakesItsAnswerByteByByte() throws Exception {
        try (RawClient raw = new RawClient(server.port())) {
            raw.post(CHAT, slow(""));
            ScriptedBackend.Open answer = slow.next();
            int length = 40_000_000; // more than sockets hold
            answer.write("x".repeat(length));
            answer.end(FinishReason.STOP, 1);
            long until = System.nanoTime() + Duration.ofMillis(2500).toNanos();
            while (System.nanoTime() < until) {
                raw.read(); // never idle
                Thread.sleep(50);
            }
            assertThat(raw.lengthOfRest()).isLessThan(length);
        }
    }

    @Test
    void cancelsWhatTakesTooLong() throws Exception {
        server.close();
        Models own = new Models();
        own.add("slow", new HostedBackend("fedcba654321", slow));
        ServeLimits hasty = new ServeLimits(
                RequestLimits.DEFAULT,
                1,
                2,
                64,
                0,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2), // a busy machine, too, begins it before
                Duration.ofSeconds(1));
        try (ModelServer brief =
                ModelServer.start(new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, hasty), own, AuditBook.none())) {
            Client.Answer late = new Client(brief.port()).post(CHAT, slow(""));
            assertThat(late.status()).isEqualTo(504);
            await().untilTrue(slow.next().cancelled());
        }
    }

    @Test
    void endsWhenItsStreamsHave() throws Exception {
        CompletableFuture<Stream<String>> stream = client.stream(CHAT, slow("\"stream\": true"));
        ScriptedBackend.Open answer = slow.next();
        answer.write("He");
        Iterator<String> events = stream.get().iterator();
        CompletableFuture<Void> ending = CompletableFuture.runAsync(server::close);
        await().until(() -> refusedOrBusy());

        assertThat(ending).isNotDone();
        answer.write("y");
        answer.end(FinishReason.STOP, 3);
        ending.get();
        List<String> rest = new ArrayList<>();
        events.forEachRemaining(rest::add);
        assertThat(rest).last().isEqualTo("[DONE]");
        await().until(slow::closed);
    }

    private boolean refusedOrBusy() throws Exception {
        try {
            return client.get("/health").status() == 503;
        } catch (java.io.IOException closed) {
            return true;
        }
    }

    private static String slow(String more) {
        return Client.chat(more).replace("\"m\"", "\"slow\"");
    }
}
