package dev.septet.examples.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A client of a served model, over OpenAI's API. */
final class Desk {
    private static final int MAX_TOKENS = 64;
    private static final int TRIES = 5;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final URI base;
    private final String model;
    private final @Nullable String key;

    Desk(URI base, String model, @Nullable String key) {
        this.base = base;
        this.model = model;
        this.key = key;
    }

    /**
     * An answer.
     *
     * @param id id that feedback uses
     */
    record Answer(String id, String text) {}

    /** A request that failed and must not be retried. */
    static final class DeskProblem extends IOException {
        private static final long serialVersionUID = 1L;

        DeskProblem(String message) {
            super(message);
        }
    }

    /** Sends a question and returns the answer. */
    Answer ask(String question) throws IOException, InterruptedException {
        ObjectNode body = SpecJson.mapper().createObjectNode();
        body.put("model", model).put("temperature", 0).put("max_tokens", MAX_TOKENS);
        body.putArray("messages").addObject().put("role", "user").put("content", question);
        JsonNode answer = post("v1/chat/completions", body);
        return new Answer(
                answer.path("id").asText(),
                answer.path("choices").path(0).path("message").path("content").asText());
    }

    /**
     * Sends feedback on an answer.
     *
     * @param correction the correct answer; null for none
     */
    void judge(Answer answer, boolean liked, @Nullable String correction) throws IOException, InterruptedException {
        ObjectNode body = SpecJson.mapper().createObjectNode();
        body.put("id", answer.id()).put("rating", liked ? "up" : "down");
        if (correction != null) {
            body.put("correction", correction);
        }
        post("v1/feedback", body);
    }

    /** Sends a request. Retries with growing delays while the server is too busy. */
    private JsonNode post(String path, ObjectNode body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofMinutes(2))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(SpecJson.mapper().writeValueAsString(body)));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        for (int attempt = 1; ; attempt++) {
            HttpResponse<String> response;
            try {
                response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            } catch (ConnectException e) {
                throw new DeskProblem("no server answers at %s. `./septet dev` serves the pipeline after its first run"
                        .formatted(base));
            }
            boolean busy = response.statusCode() == 429 || response.statusCode() == 503;
            if (response.statusCode() == 200) {
                return SpecJson.mapper().readTree(response.body());
            }
            if (!busy || attempt == TRIES) {
                throw new DeskProblem(String.format(
                        Locale.ROOT, "%s%s answered %d: %s", base, path, response.statusCode(), said(response)));
            }
            Thread.sleep(200L << attempt);
        }
    }

    private static String said(HttpResponse<String> response) throws IOException {
        String message = SpecJson.mapper()
                .readTree(response.body())
                .path("error")
                .path("message")
                .asText();
        return message.isEmpty() ? "(nothing)" : message;
    }
}
