package dev.septet.workers.cli.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditWriter;
import dev.septet.activities.audit.AuditedQuestion;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.Reply;
import dev.septet.activities.audit.ServedBy;
import dev.septet.activities.audit.Thumb;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.review.ReviewBook;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Feedback that is reviewed on the page: audit log, keys, HTTP and the files of decisions are real. */
class UiReviewTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final String HOSTILE = "</textarea><script>alert(1)</script>\u202e";

    @TempDir
    private Path home = Path.of("");

    private Captured septet = new Captured(home);
    private String reviewer = "";
    private String operator = "";

    @BeforeEach
    void write() throws IOException {
        septet = new Captured(home);
        try (AuditWriter writer = new AuditLogs(home.resolve("state/audit"), AtRestEncryption.none())
                .writer("desk", AuditSettings.DEFAULT)) {
            add(writer, "a1", "question 1", HOSTILE);
            add(writer, "a2", "question 2", "better 2");
            add(writer, "a3", "question 3", "better 3");
            add(writer, "a4", "question 3", "another 3");
        }
        reviewer = key("ines", "ui-review");
        operator = key("anna", "ui-read,ui-act");
    }

    private String key(String name, String scopes, String... more) {
        List<Object> words = new ArrayList<>(List.of("key", "create", name, "--key-file", keys(), "--scope", scopes));
        words.addAll(List.of(more));
        assertThat(septet.run(words.toArray())).as(septet.err()).isZero();
        return septet.out().strip();
    }

    private Path keys() {
        return home.resolve("ui.keys");
    }

    private static void add(AuditWriter writer, String id, String question, String correction) throws IOException {
        writer.append(new AnswerEvent(
                id,
                NOON,
                new ServedBy("desk", "desk", "v1", Arm.CHAMPION),
                AuditedQuestion.of(List.of(new AuditedTurn("user", question))),
                Reply.of("bad", "stop", 12, 5, 40)));
        writer.append(new FeedbackEvent("f-" + id, NOON, "desk", id, Thumb.DOWN, correction));
    }

    private UiStart.Running start() throws IOException {
        return new UiStart(UiStart.HOST, 0, keys(), null).start(septet.session());
    }

    private static HttpResponse<String> send(
            UiStart.Running running, String path, String key, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return CLIENT.send(
                request.uri(URI.create(running.server().address() + path))
                        .header("Authorization", "Bearer " + key)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(UiStart.Running running, String path, String key)
            throws IOException, InterruptedException {
        return send(running, path, key, HttpRequest.newBuilder());
    }

    private static HttpResponse<String> decide(
            UiStart.Running running, String key, String id, String decision, String text)
            throws IOException, InterruptedException {
        return send(
                running,
                "/reviewed",
                key,
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("pipeline=desk&id=%s&decision=%s&text=%s"
                                .formatted(id, decision, URLEncoder.encode(text, StandardCharsets.UTF_8)))));
    }

    private List<String> ids(UiStart.Running running) throws IOException, InterruptedException {
        HttpResponse<String> page = get(running, "/review?name=desk&format=json", reviewer);
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        for (JsonNode candidate : SpecJson.mapper().readTree(page.body()).at("/view/candidates")) {
            ids.add(candidate.path("id").asText());
        }
        return ids;
    }

    private List<String> rows() throws IOException {
        Path file = new ReviewedRows(home.resolve("state/reviewed")).file("desk");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    @Test
    void onlyReviewersSeeTextsAndDecide() throws Exception {
        try (UiStart.Running running = start()) {
            String id = ids(running).get(0);
            HttpResponse<String> refused = get(running, "/review?name=desk", operator);
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body())
                    .contains("the key 'anna' lacks the scope ui-review")
                    .doesNotContain("question");
            assertThat(decide(running, operator, id, "accept", "").statusCode()).isEqualTo(403);
            assertThat(rows()).isEmpty();
            assertThat(get(running, "/pipeline?name=desk", operator).body())
                    .contains("septet review desk")
                    .doesNotContain("Decide here");
            assertThat(get(running, "/pipeline?name=desk", reviewer).body())
                    .contains("href=\"/review?name=desk\"")
                    .doesNotContain("question 1");
            assertThat(get(running, "/review?name=..%2Fdesk", reviewer).statusCode())
                    .isEqualTo(400);
        }
    }

    /** The texts are those of a served model, so what limits a key to models limits its reviews. */
    @Test
    void aKeyOfOtherModelsReviewsNothingHere() throws Exception {
        String limited = key("eva", "ui-review", "--model", "support-*");
        String allowed = key("bea", "ui-review", "--model", "de*");
        try (UiStart.Running running = start()) {
            String id = ids(running).get(1);
            HttpResponse<String> refused = get(running, "/review?name=desk", limited);
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body())
                    .contains("models= of the key 'eva' does not allow the pipeline 'desk'")
                    .doesNotContain("question");
            assertThat(decide(running, limited, id, "accept", "").statusCode()).isEqualTo(403);
            assertThat(get(running, "/pipeline?name=desk", limited).body()).doesNotContain("Decide here");
            assertThat(rows()).isEmpty();
            assertThat(get(running, "/review?name=desk", allowed).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void thePageShowsCandidatesAsText() throws Exception {
        try (UiStart.Running running = start()) {
            String page = get(running, "/review?name=desk", reviewer).body();
            assertThat(page)
                    .contains("4 candidates wait", "question 1", "better 2", "You decide as ines")
                    .contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;[U+202E]")
                    .doesNotContain("<script>alert", "\u202e");
        }
    }

    @Test
    void aDecisionHasTheChecksOfTheCommand() throws Exception {
        try (UiStart.Running running = start()) {
            List<String> ids = ids(running);
            try (ReviewBook terminal = new ReviewedRows(home.resolve("state/reviewed")).open("desk")) {
                assertThat(terminal.rows()).isZero();
                HttpResponse<String> busy = decide(running, reviewer, ids.get(1), "accept", "");
                assertThat(busy.statusCode()).isEqualTo(409);
                assertThat(busy.body()).contains("another review is in progress");
                assertThat(ids(running)).as("reading needs no lock").hasSize(4);
            }
            HttpResponse<String> done = decide(running, reviewer, ids.get(1), "accept", "");
            assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
            assertThat(done.body()).contains(ids.get(1).substring(0, 12) + " is accepted; 1 accepted rows");
            assertThat(rows()).singleElement().asString().contains("better 2", "\"by\":\"ines\"");
            assertThat(decide(running, reviewer, ids.get(1), "reject", "").body())
                    .contains("was decided already");
            assertThat(decide(running, reviewer, ids.get(2), "accept", "").statusCode())
                    .isEqualTo(200);
            assertThat(decide(running, reviewer, ids.get(3), "accept", "").body())
                    .contains("contradicts row", "reject it");
            assertThat(decide(running, reviewer, ids.get(0), "replace", " ").statusCode())
                    .isEqualTo(409);
            assertThat(decide(running, reviewer, ids.get(0), "perhaps", "").body())
                    .contains("decision is accept, reject or replace");
            assertThat(decide(running, reviewer, "0".repeat(64), "accept", "").body())
                    .contains("nothing was decided");
            assertThat(decide(running, reviewer, ids.get(0), "replace", "two\r\nlines")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(rows()).hasSize(3).last().asString().contains("two\\nlines");
            assertThat(decide(running, reviewer, ids.get(3), "reject", "").statusCode())
                    .isEqualTo(200);
            assertThat(ids(running)).as("nothing waits any more").isEmpty();
        }
    }

    @Test
    void aModelWithoutARequestHasNoFeedbackYet() throws Exception {
        Path pipelines = Path.of("../../examples/quickstart").toRealPath();
        Files.writeString(
                home.resolve("state/catalogue.json"),
                SpecJson.mapper().writeValueAsString(List.of(pipelines.toString())));
        try (UiStart.Running running = start()) {
            HttpResponse<String> page = get(running, "/review?name=quickstart", reviewer);
            assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
            assertThat(page.body())
                    .contains("There is no feedback yet", "has had no request on this machine")
                    .doesNotContain("Not current");
            HttpResponse<String> unknown = get(running, "/review?name=nothing", reviewer);
            assertThat(unknown.statusCode()).isEqualTo(404);
            assertThat(unknown.body()).contains("there is no pipeline 'nothing'");
        }
    }
}
