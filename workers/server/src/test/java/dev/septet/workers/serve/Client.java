package dev.septet.workers.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Asks a server of this machine. */
record Client(int port, HttpClient http) {
    Client(int port) {
        this(port, HttpClient.newHttpClient());
    }

    /** A response, its body read as JSON. */
    record Answer(int status, JsonNode json, HttpResponse<String> response) {
        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String error() {
            return json.path("error").path("message").asText();
        }

        String text() {
            return json.path("choices").path(0).path("message").path("content").asText();
        }
    }

    static String chat(String more) {
        return "{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]"
                + (more.isEmpty() ? "" : ", " + more)
                + "}";
    }

    Answer post(String path, String body, String... headers) throws Exception {
        return answer(http.send(request(path, body, headers), HttpResponse.BodyHandlers.ofString()));
    }

    CompletableFuture<Answer> later(String path, String body, String... headers) {
        return http.sendAsync(request(path, body, headers), HttpResponse.BodyHandlers.ofString())
                .thenApply(Client::answer);
    }

    Answer get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return answer(http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    }

    /** The events of a stream, [DONE] included, once the first has come; each when it is sent. */
    CompletableFuture<Stream<String>> stream(String path, String body) {
        return http.sendAsync(request(path, body), HttpResponse.BodyHandlers.ofLines())
                .thenApply(response -> response.body()
                        .filter(line -> line.startsWith("data: "))
                        .map(line -> line.substring(6)));
    }

    static List<JsonNode> chunks(Stream<String> events) {
        return events.filter(event -> !event.equals("[DONE]")).map(Client::json).toList();
    }

    private HttpRequest request(String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofMinutes(2))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        } else {
            request.header("Content-Type", "application/json");
        }
        return request.build();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static Answer answer(HttpResponse<String> response) {
        return new Answer(response.statusCode(), json(response.body()), response);
    }

    static JsonNode json(String text) {
        try {
            return text.startsWith("{")
                    ? SpecJson.mapper().readTree(text)
                    : SpecJson.mapper().getNodeFactory().textNode(text);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }
}
