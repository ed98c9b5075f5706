package dev.septet.examples.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditPage;
import dev.septet.activities.audit.AuditReader;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.examples.traffic.Customers;
import dev.septet.examples.traffic.Shift;
import dev.septet.examples.world.Exchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Customers of the example shop who ask a served model one after the other, over HTTP, and say what
 * they think of its answers. No two of them ask the same.
 */
final class Callers {
    private static final int MAX_TOKENS = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Customers customers = new Customers(7, "loop");
    private final URI base;
    private final String model;
    private final AtomicLong number = new AtomicLong();
    private final AuditReader log;
    private final Map<String, ServedBy> answered = new HashMap<>();
    private long cursor;

    /**
     * @param state of the server, whose audit log knows what clients are not told: who answered
     */
    Callers(String address, String model, Path state) {
        this.base = URI.create(address + "/");
        this.model = model;
        this.log = new AuditLogs(state.resolve("audit"), AtRestEncryption.none()).reader(model);
    }

    /**
     * An answer.
     *
     * @param version of the model that gave it
     * @param arm {@code champion} or {@code challenger}
     * @param wanted the right one
     */
    record Answered(String id, String version, String arm, String text, String wanted) {
        /** Whether a program could go on with it: a routing record, right or wrong. */
        boolean usable() {
            try {
                return SpecJson.mapper().readTree(text).path("team").isTextual();
            } catch (com.fasterxml.jackson.core.JsonProcessingException prose) {
                return false;
            }
        }
    }

    /** The next customer asks. */
    Answered ask(Shift shift) throws IOException, InterruptedException {
        Exchange exchange = customers.ask(shift, number.getAndIncrement());
        ObjectNode body = SpecJson.mapper().createObjectNode();
        body.put("model", model).put("temperature", 0).put("max_tokens", MAX_TOKENS);
        body.putArray("messages").addObject().put("role", "user").put("content", exchange.question());
        HttpResponse<String> response = post("v1/chat/completions", body);
        JsonNode said = SpecJson.mapper().readTree(response.body());
        ServedBy by = servedBy(said.path("id").asText());
        return new Answered(
                said.path("id").asText(),
                by.version(),
                by.arm().word(),
                said.at("/choices/0/message/content").asText().strip(),
                exchange.answer());
    }

    /** Who gave an answer, by its line, which was written before it was told. */
    private synchronized ServedBy servedBy(String id) throws IOException {
        for (AuditPage page = log.read(cursor, 1000); page.next() > cursor; page = log.read(cursor, 1000)) {
            for (AuditRecord record : page.records()) {
                if (record.event() instanceof AnswerEvent answer) {
                    answered.put(answer.id(), answer.servedBy());
                }
            }
            cursor = page.next();
        }
        return Objects.requireNonNull(answered.get(id), "an answer without its line");
    }

    /** So many ask. */
    List<Answered> ask(Shift shift, int customers) throws IOException, InterruptedException {
        List<Answered> all = new ArrayList<>();
        for (int asked = 0; asked < customers; asked++) {
            all.add(ask(shift));
        }
        return all;
    }

    /** A customer who can use the answer likes it; another says what it should have been. */
    void judge(Answered answer) throws IOException, InterruptedException {
        judge(answer, answer.usable());
    }

    /** The same by what the customer thinks. */
    void judge(Answered answer, boolean liked) throws IOException, InterruptedException {
        ObjectNode body = SpecJson.mapper().createObjectNode();
        body.put("id", answer.id()).put("rating", liked ? "up" : "down");
        if (!answer.text().equals(answer.wanted())) {
            body.put("correction", answer.wanted());
        }
        post("v1/feedback", body);
    }

    /** Names of the models that can be asked. */
    List<String> models() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve("v1/models")).build();
        String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        List<String> names = new ArrayList<>();
        SpecJson.mapper()
                .readTree(body)
                .path("data")
                .forEach(model -> names.add(model.path("id").asText()));
        return names;
    }

    private HttpResponse<String> post(String path, ObjectNode body) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(base.resolve(path))
                        .header("Content-Type", "application/json")
                        .timeout(PATIENCE)
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(path + ": " + response.statusCode() + " " + response.body());
        }
        return response;
    }
}
