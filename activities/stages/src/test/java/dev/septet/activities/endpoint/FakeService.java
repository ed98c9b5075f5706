package dev.septet.activities.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A service with OpenAI's API that answers by rule, and fails as a test says. */
public final class FakeService implements AutoCloseable {
    /** The value of the worker's environment variable {@code SERVICE_KEY}. */
    public static final String KEY = "sk-test-0123456789abcdef";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final Function<JsonNode, String> rule;
    private volatile Function<JsonNode, JsonNode> completions = body -> body;

    /** Answers one request instead of the rule. */
    @FunctionalInterface
    public interface Fault {
        /** Answers. */
        void answer(HttpExchange exchange) throws IOException;
    }

    /**
     * Starts the service on a free port of this machine.
     *
     * @param rule the answer to a request's body
     */
    public FakeService(Function<JsonNode, String> rule) throws IOException {
        this.rule = rule;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/chat/completions", this::answer);
        server.createContext("/v1/completions", exchange -> {
            JsonNode body = SpecJson.mapper().readTree(exchange.getRequestBody());
            status(200, completions.apply(body).toString()).answer(exchange);
        });
        server.start();
    }

    /** The last message of a request. */
    public static String question(JsonNode body) {
        JsonNode messages = body.path("messages");
        return messages.path(messages.size() - 1).path("content").asText();
    }

    /** Responses of {@code /completions}, to each body. */
    public void completions(Function<JsonNode, JsonNode> other) {
        completions = other;
    }

    /** Forgets the requests and faults so far. */
    public void forget() {
        requests.clear();
        faults.clear();
    }

    /** The next requests, in this order, get these answers. */
    public void next(Fault... some) {
        faults.addAll(List.of(some));
    }

    /** Bodies of all requests so far. */
    public List<JsonNode> requests() {
        return requests;
    }

    /** A status with a body. */
    public static Fault status(int status, String body, String... headers) {
        return exchange -> {
            for (int at = 0; at < headers.length; at += 2) {
                exchange.getResponseHeaders().add(headers[at], headers[at + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        };
    }

    /** The connection is lost after the first bytes of the body. */
    public static Fault dropped(String begin) {
        return exchange -> {
            exchange.sendResponseHeaders(200, 100_000);
            exchange.getResponseBody().write(begin.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            exchange.close();
        };
    }

    /** The service as the operator of a worker declares it, with the name {@code service}. */
    public ModelEndpoints endpoints(Path folder, boolean logprobs) throws IOException {
        return endpoints(folder, logprobs, Map.of("SERVICE_KEY", KEY));
    }

    /** The same with another environment of the worker. */
    public ModelEndpoints endpoints(Path folder, boolean logprobs, Map<String, String> environment) throws IOException {
        Path file = Files.writeString(
                folder.resolve("trainers.yaml"),
                String.format(Locale.ROOT, """
            endpoints:
              service:
                url: http://127.0.0.1:%d/v1
                key: SERVICE_KEY
                models: [small, other]
                logprobs: %s
            """, server.getAddress().getPort(), logprobs));
        return new ModelEndpoints(file, environment);
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode body = SpecJson.mapper().readTree(exchange.getRequestBody());
        requests.add(body);
        Fault fault = faults.poll();
        if (fault != null) {
            fault.answer(exchange);
        } else if (!("Bearer " + KEY).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            status(401, "{\"error\":{\"message\":\"wrong key\",\"code\":\"invalid_api_key\"}}")
                    .answer(exchange);
        } else {
            status(200, whole(body.path("model").asText(), rule.apply(body)).toString())
                    .answer(exchange);
        }
    }

    /** A whole response. */
    public static ObjectNode whole(String model, @Nullable String text) {
        ObjectNode json = SpecJson.mapper().createObjectNode().put("model", model);
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        choice.putObject("message").put("role", "assistant").put("content", text);
        choice.put("finish_reason", "stop");
        json.putObject("usage").put("prompt_tokens", 7).put("completion_tokens", 3);
        return json;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
