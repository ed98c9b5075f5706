package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients of a model server get when the service behind it fails. */
class EndpointFaultsTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String LONG = "x12345678901234567890123456789012345678901234567890123456789012345";
    private static final String PIECE =
            "data: {\"model\":\"tuned\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one\"}}]}\n\n";

    @TempDir
    private Path folder = Path.of("");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer service = dead();
    private ModelServer front = none();
    private Client client = new Client(0);
    private Answer answer = exchange -> respond(exchange, 200, "");

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private static HttpServer dead() {
        try {
            return HttpServer.create();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ModelServer none() {
        try {
            return server(new Models());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ModelServer server(Models models) throws IOException {
        return ModelServer.start(
                new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT), models, AuditBook.none());
    }

    @BeforeEach
    void start() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.setExecutor(threads);
        service.createContext("/v1/chat/completions", exchange -> {
            exchange.getRequestBody().readAllBytes();
            answer.to(exchange);
        });
        service.start();
        serve(Map.of("SERVICE_KEY", Upstream.KEY));
    }

    private void serve(Map<String, String> environment) throws IOException {
        front.close();
        Models models = new Models();
        models.add(
                "m",
                new HostedBackend(
                        "v",
                        new EndpointBackend(Upstream.model(
                                Upstream.endpoints(folder, service.getAddress().getPort(), environment)))));
        front = server(models);
        client = new Client(front.port());
    }

    @AfterEach
    void stop() {
        front.close();
        service.stop(0);
        threads.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({
        "429, 429, rate_limit_exceeded, 9",
        "500, 502, endpoint_failed, ''",
        "503, 503, endpoint_away, 9",
        "401, 502, endpoint_key, ''",
        "403, 502, endpoint_key, ''",
        "404, 502, endpoint_model, ''",
        "400, 400, context_length_exceeded, ''"
    })
    void aStatusOfTheServiceBecomesOneOfOurs(int status, int ours, String code, String wait) throws Exception {
        answer = exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "9");
            respond(
                    exchange,
                    status,
                    "{\"error\":{\"message\":\"key %s\",\"code\":\"context_length_exceeded\"}}"
                            .formatted(Upstream.KEY));
        };

        Client.Answer got = client.post(CHAT, Client.chat(""));

        assertThat(got.status()).isEqualTo(ours);
        assertThat(got.json().at("/error/code").asText()).isEqualTo(code);
        assertThat(got.header("Retry-After")).isEqualTo(wait);
        assertThat(got.response().body()).doesNotContain(Upstream.KEY);
    }

    @Test
    void aMissingKeyIsTheOperatorsBusiness() throws Exception {
        serve(Map.of());

        Client.Answer got = client.post(CHAT, Client.chat(""));

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.error())
                .isEqualTo("the service that holds this model does not accept the key of this server; its operator"
                        + " must set another key");
    }

    @Test
    void nothingListensThere() throws Exception {
        service.stop(0);

        Client.Answer got = client.post(CHAT, Client.chat(""));

        assertThat(got.status()).isEqualTo(503);
        assertThat(got.header("Retry-After")).isEqualTo("2");
        assertThat(got.error()).isEqualTo("the service that holds this model cannot be reached; try again soon");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no JSON | data: <html>",
                "no answer | data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":7}}]}",
                "another model | data: {\"model\":\"small\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}]}",
                "an error | data: {\"error\":{\"message\":\"no\"}}",
                "an end without an answer | data: [DONE]",
                "nothing | :"
            })
    void aResponseThatIsNoAnswer(String what, String event) throws Exception {
        answer = exchange -> respond(exchange, 200, event + "\n\n");

        Client.Answer got = client.post(CHAT, Client.chat(""));

        assertThat(got.status()).as(what).isEqualTo(502);
        assertThat(got.json().at("/error/type").asText()).isEqualTo("server_error");
    }

    @Test
    void aConnectionThatIsLostInAStreamEndsItWithAnError() throws Exception {
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 100_000);
            exchange.getResponseBody().write(PIECE.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            exchange.close();
        };

        List<String> events =
                client.stream(CHAT, Client.chat("\"stream\": true")).get().toList();

        assertThat(events.get(0)).contains("\"one\"");
        assertThat(events.get(1)).contains("\"endpoint_failed\"");
        assertThat(events.get(2)).isEqualTo("[DONE]");
    }

    @Test
    void anAnswerThatTheServiceWithholds() throws Exception {
        answer = exchange -> respond(
                exchange,
                200,
                PIECE
                        + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n"
                        + "data: [DONE]\n\n");

        Client.Answer got = client.post(CHAT, Client.chat(""));

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.json().at("/error/code").asText()).isEqualTo("content_filter");
    }

    @Test
    void anAnswerThatDoesNotEnd() throws Exception {
        String piece =
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}\n\n".formatted("x".repeat(500_000));
        CountDownLatch ended = new CountDownLatch(1);
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                for (int sent = 0; sent < 12; sent++) {
                    exchange.getResponseBody().write(piece.getBytes(StandardCharsets.UTF_8));
                }
                respondEnd(exchange);
            } finally {
                ended.countDown();
            }
        };

        Client.Answer got = client.post(CHAT, Client.chat(""));

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.json().at("/error/code").asText()).isEqualTo("endpoint_failed");
        assertThat(ended.await(1, TimeUnit.MINUTES)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "line\\nbreak", LONG})
    void aCodeThatIsNoNameIsNotPassedOn(String code) throws Exception {
        answer = exchange -> respond(exchange, 400, "{\"error\":{\"message\":\"no\",\"code\":\"%s\"}}".formatted(code));

        Client.Answer got = client.post(CHAT, Client.chat(""));

        assertThat(got.status()).isEqualTo(400);
        assertThat(got.json().at("/error/code").asText()).isEqualTo("invalid_value");
    }

    private static void respondEnd(HttpExchange exchange) throws IOException {
        exchange.getResponseBody()
                .write((PIECE.replace("}}]", "},\"finish_reason\":\"stop\"}]") + "data: [DONE]\n\n")
                        .getBytes(StandardCharsets.UTF_8));
        exchange.close();
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
