package dev.septet.activities.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.septet.activities.endpoint.EndpointClient.Failure;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointClientTest {
    private static final ObjectNode BODY = SpecJson.mapper().createObjectNode().put("model", "m");

    @TempDir
    private Path temp = Path.of("");

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer server = empty();
    private Answer answer = exchange -> respond(exchange, 200, "{}");

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private static HttpServer empty() {
        try {
            return HttpServer.create();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add("%s %s %s %s"
                    .formatted(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI(),
                            exchange.getRequestHeaders().getFirst("Authorization"),
                            body));
            answer.to(exchange);
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aRequestThatWasNotSentCanBeRepeatedOrNeedsAKey() {
        EndpointClient.Failure later = EndpointClient.Failure.unsent("the source does not answer");
        assertThat(later.away()).isTrue();
        assertThat(later.denied()).isFalse();
        assertThat(later.mayHaveArrived()).isFalse();
        EndpointClient.Failure never = EndpointClient.Failure.withoutKey("no source");
        assertThat(never.away()).isFalse();
        assertThat(never.denied()).isTrue();
    }

    @Test
    void sendsJsonWithTheKey() throws IOException {
        answer = exchange -> respond(exchange, 200, "{\"id\":\"x\"}");

        assertThat(client().post("chat/completions", BODY).path("id").asText()).isEqualTo("x");

        assertThat(requests).containsExactly("POST /v1/chat/completions Bearer sk-test {\"model\":\"m\"}");
    }

    @Test
    void uploadsAFileAsAForm() throws IOException {
        Path file = Files.writeString(temp.resolve("rows"), "{\"a\":\"ä\"}\n");

        client().upload("files", Map.of("purpose", "fine-tune"), "train.jsonl", file);

        assertThat(requests).hasSize(1);
        assertThat(requests.get(0).replaceAll("septet-[0-9a-f]{32}", "B"))
                .isEqualTo(String.join(
                        "\r\n",
                        "POST /v1/files Bearer sk-test --B",
                        "Content-Disposition: form-data; name=\"purpose\"",
                        "",
                        "fine-tune",
                        "--B",
                        "Content-Disposition: form-data; name=\"file\"; filename=\"train.jsonl\"",
                        "Content-Type: application/jsonl",
                        "",
                        "{\"a\":\"ä\"}\n",
                        "--B--",
                        ""));
    }

    @Test
    void aQuestionIsRepeatedAndACommandIsNot() throws IOException {
        answer = exchange -> respond(exchange, requests.size() < 3 ? 503 : 200, "{}");

        client().get("models");
        assertThat(requests).hasSize(3);

        requests.clear();
        Failure failure = failure(() -> client().post("chat/completions", BODY));
        assertThat(requests).hasSize(1);
        assertThat(failure.away()).isTrue();
        assertThat(failure.mayHaveArrived()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid_request_error, false, false",
        "401, invalid_api_key, false, true",
        "403, '', false, true",
        "404, model_not_found, false, false",
        "429, rate_limit_exceeded, true, false",
        "429, insufficient_quota, false, false",
        "500, server_error, true, false",
    })
    void aFailureTellsWhatToDo(int status, String code, boolean away, boolean denied) {
        answer = exchange ->
                respond(exchange, status, "{\"error\":{\"code\":\"%s\",\"message\":\"no, sk-test\"}}".formatted(code));

        Failure failure = failure(() -> client().post("chat/completions", BODY));

        assertThat(failure.status()).isEqualTo(status);
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.away()).isEqualTo(away);
        assertThat(failure.denied()).isEqualTo(denied);
        assertThat(failure.why())
                .startsWith(String.format(Locale.ROOT, "endpoint test answers %d", status))
                .contains("POST /chat/completions: no, [SECRET]")
                .doesNotContain("sk-test");
    }

    @Test
    void tellsHowLongTheServiceAsksToWait() {
        answer = exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "17");
            respond(exchange, 429, "slow down");
        };

        assertThat(failure(() -> client().get("models")).retryAfter()).isEqualTo(Duration.ofSeconds(17));
        assertThat(requests).as("a long wait is the caller's").hasSize(1);
    }

    @Test
    void aDroppedConnectionIsNoAnswer() {
        answer = HttpExchange::close;

        Failure failure = failure(() -> client().post("chat/completions", BODY));

        assertThat(failure.status()).isZero();
        assertThat(failure.away()).isTrue();
        assertThat(failure.why()).startsWith("endpoint test cannot be reached for POST /chat/completions");
    }

    @Test
    void anAnswerThatDoesNotEndIsNoAnswer() {
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush(); // and the rest never comes
        };

        Failure failure = failure(() -> client().post("chat/completions", BODY, Duration.ofMillis(300)));

        assertThat(failure.status()).isZero();
        assertThat(failure.why()).contains("no answer");
    }

    @Test
    void aLongAnswerIsRefused() {
        answer = exchange -> respond(exchange, 200, "x".repeat((1 << 20) + 1));

        assertThat(failure(() -> client().content("files/f/content", 1 << 20)).why())
                .isEqualTo("endpoint test answers GET /files/f/content with more than 1 MB");
    }

    @Test
    void whatIsNotJsonIsNamed() {
        answer = exchange -> respond(exchange, 200, "<html>");

        assertThat(failure(() -> client().post("chat/completions", BODY)).why())
                .isEqualTo(
                        "endpoint test answers POST /chat/completions without JSON; is `url:` right, or is a proxy in"
                                + " between?");
    }

    @Test
    void theKeyDoesNotFollowARedirect() {
        answer = exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            respond(exchange, 302, "");
        };

        assertThat(failure(() -> client().post("chat/completions", BODY)).why()).contains("write the address");
        assertThat(requests).hasSize(1);
    }

    @Test
    void aMissingKeyIsNamed() {
        Failure failure = failure(() -> new EndpointClient(endpoint(), Map.of()).post("chat/completions", BODY));

        assertThat(failure.denied()).isTrue();
        assertThat(failure.away()).isFalse();
        assertThat(failure.why())
                .isEqualTo(
                        "this worker has no usable API key for endpoint test; set TEST_KEY in its environment and start"
                                + " it again");
        assertThat(requests).isEmpty();
    }

    private interface Call {
        void run() throws IOException;
    }

    private static Failure failure(Call call) {
        Failure failure = catchThrowableOfType(Failure.class, call::run);
        assertThat(failure).isNotNull();
        return failure;
    }

    private EndpointClient client() {
        return new EndpointClient(endpoint(), Map.of("TEST_KEY", "sk-test"));
    }

    private ModelEndpoint endpoint() {
        return new ModelEndpoint(
                "test",
                URI.create(String.format(
                        Locale.ROOT,
                        "http://127.0.0.1:%d/v1",
                        server.getAddress().getPort())),
                "TEST_KEY",
                List.of("m"),
                Map.of(),
                "USD",
                null,
                false);
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
