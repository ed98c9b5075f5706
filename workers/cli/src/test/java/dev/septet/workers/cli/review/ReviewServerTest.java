package dev.septet.workers.cli.review;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.votes.AnswerPair;
import dev.septet.activities.evaluate.votes.VoteFile;
import dev.septet.activities.evaluate.votes.VoteWriter;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page's server over real HTTP. */
class ReviewServerTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path home = Path.of("");

    /** A running review. */
    private record Running(VoteWriter writer, ReviewServer server) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            server.close();
            writer.close();
        }

        HttpResponse<String> post(String path, @Nullable String token, String body, String... headers)
                throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.address() + path.substring(1)))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            if (token != null) {
                request.header("Authorization", "Bearer " + token);
            }
            if (headers.length > 0) {
                request.headers(headers);
            }
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }

        String token() {
            return URI.create(server.page()).getFragment();
        }

        JsonNode next(String name) throws IOException, InterruptedException {
            return ok("/next", "{\"name\":\"%s\"}".formatted(name));
        }

        JsonNode vote(String name, JsonNode question, String verdict) throws IOException, InterruptedException {
            return ok("/vote", body(name, question, verdict));
        }

        JsonNode ok(String path, String body) throws IOException, InterruptedException {
            HttpResponse<String> response = post(path, token(), body);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return SpecJson.mapper().readTree(response.body());
        }
    }

    private static String body(String name, JsonNode question, String verdict) {
        return "{\"name\":\"%s\",\"pair\":\"%s\",\"verdict\":\"%s\"}"
                .formatted(name, question.path("pair").asText(), verdict);
    }

    private Running start(List<AnswerPair> pairs, String votes) throws IOException {
        VoteWriter writer = VoteWriter.open(home.resolve(votes));
        BlindReview review = new SampledReview(Map.of("", pairs), "baseline", null, null).open(writer, note -> {});
        return new Running(writer, ReviewServer.start(review, Reviewers.of(home.resolve("state")), 0));
    }

    private static List<AnswerPair> pairs(int count) {
        return EvaluatedStore.rows(count).stream()
                .map(row -> new AnswerPair(row.prompt(), row.tuned(), row.base()))
                .toList();
    }

    /**
     * A browser gets the same bytes when the models change their roles. So nothing in them can tell which model wrote which
     * answer.
     */
    @Test
    void everyByteIsTheSameWhenTheModelsChangeTheirRoles() throws Exception {
        List<AnswerPair> pairs = pairs(100);
        List<AnswerPair> swapped = new ArrayList<>();
        pairs.forEach(pair ->
                swapped.add(new AnswerPair(pair.prompt(), /* answer= */ pair.other(), /* other= */ pair.answer())));
        List<String> one = new ArrayList<>();
        List<String> other = new ArrayList<>();
        int left = session(pairs, "one.jsonl", one, pairs);
        Collections.reverse(swapped);
        session(swapped, "other.jsonl", other, pairs);
        assertThat(one).hasSize(101).isEqualTo(other);
        assertThat(left).as("the tuned model's answers on the left").isBetween(35, 65);
        assertThat(without(Files.readString(home.resolve("one.jsonl"))))
                .as("the votes file does not tell it either")
                .isEqualTo(without(Files.readString(home.resolve("other.jsonl"))));
    }

    private static Set<String> names(JsonNode node) {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Without times and the digests of lines, which cover them. */
    private static String without(String votes) {
        return votes.replaceAll("\"(time|previous|sha256)\":\"[^\"]*\"", "");
    }

    private int session(List<AnswerPair> pairs, String votes, List<String> bodies, List<AnswerPair> known)
            throws Exception {
        int left = 0;
        try (Running running = start(pairs, votes)) {
            String body = "{\"name\":\"anna\"}";
            String path = "/next";
            for (int row = 0; row <= pairs.size(); row++) {
                HttpResponse<String> response = running.post(path, running.token(), body);
                bodies.add(response.body());
                JsonNode question = SpecJson.mapper().readTree(response.body());
                assertThat(names(question)).isSubsetOf("done", "all", "pair", "prompt", "left", "right");
                String shown = question.path("left").asText();
                left += known.stream().anyMatch(pair -> pair.answer().equals(shown)) ? 1 : 0;
                body = body("anna", question, row % 3 == 0 ? "tie" : "left");
                path = "/vote";
            }
        }
        return left;
    }

    @Test
    void severalReviewersVoteUndoAndGoOnAfterARestart() throws Exception {
        List<AnswerPair> pairs = pairs(3);
        try (Running running = start(pairs, "votes.jsonl")) {
            JsonNode first = running.next("Anna ");
            JsonNode second = running.vote("anna", first, "left");
            assertThat(second.path("done").asInt()).isEqualTo(1);
            assertThat(running.post("/vote", running.token(), body("ANNA", first, "right"))
                            .statusCode())
                    .as("the same pair in another window")
                    .isEqualTo(409);
            assertThat(running.ok("/undo", "{\"name\":\"anna\"}")).isEqualTo(first);
            running.vote("anna", first, "right");
            running.vote("anna", second, "skip");
            assertThat(running.next("ben").path("done").asInt()).isZero();
            running.vote("ben", running.next("ben"), "tie");
            assertThat(running.post("/undo", running.token(), "{\"name\":\"carla\"}")
                            .body())
                    .contains("there is no vote to take back");
        }
        try (Running running = start(pairs, "votes.jsonl")) {
            assertThat(running.next("anna").path("done").asInt()).isEqualTo(2);
            JsonNode end = running.vote("anna", running.next("anna"), "left");
            assertThat(end.has("pair")).isFalse();
            assertThat(running.next("ben").path("done").asInt()).isEqualTo(1);
        }
        String file = Files.readString(home.resolve("votes.jsonl"));
        VoteFile read = VoteFile.read(file);
        assertThat(read.samples()).hasSize(1);
        assertThat(read.last()).hasSize(2);
        assertThat(file).doesNotContain("anna", "ben", "prompt 1");
    }

    @Test
    void refusesWhoDoesNotKnowTheTokenAndPagesOfOtherSites() throws Exception {
        try (Running running = start(pairs(2), "votes.jsonl")) {
            String body = "{\"name\":\"anna\"}";
            assertThat(raw(running.server(), "POST /next HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n\r\n"))
                    .as("an answer before the body arrives, after which the connection ends")
                    .startsWith("HTTP/1.1 401")
                    .contains("\r\nConnection: close\r\n");
            assertThat(running.post("/next", null, body).statusCode()).isEqualTo(401);
            assertThat(running.post("/next", "0".repeat(48), body).statusCode()).isEqualTo(401);
            assertThat(running.post("/other", null, body).statusCode()).isEqualTo(401);
            assertThat(running.post("/next", running.token(), body, "Origin", "https://example.com")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(running.post("/next", running.token(), body, "Origin", "null")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(running.post("/next", running.token(), body, "Sec-Fetch-Site", "cross-site")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(raw(running.server(), "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                    .as("a name of another site that resolves to this machine")
                    .startsWith("HTTP/1.1 421");
            assertThat(running.post("/next", running.token(), " ".repeat(5_000)).statusCode())
                    .isEqualTo(413);
            assertThat(running.post("/next", running.token(), "{").statusCode()).isEqualTo(400);
            assertThat(running.post("/next", running.token(), "[]").body()).contains("no visible character");
            assertThat(running.post("/vote", running.token(), "{\"name\":\"anna\",\"verdict\":\"best\"}")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(running.post("/vote", running.token(), "{\"name\":\"anna\",\"pair\":\"x\",\"verdict\":\"tie\"}")
                            .statusCode())
                    .isEqualTo(409);
            String page = raw(running.server(), "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(page)
                    .startsWith("HTTP/1.1 200")
                    .contains("default-src 'none'; script-src 'self'", "no-store", "nosniff", "no-referrer")
                    .doesNotContain("Jetty", running.token(), "prompt 1");
            assertThat(VoteFile.read(Files.readString(home.resolve("votes.jsonl")))
                            .votes())
                    .isEmpty();
        }
    }

    private static String raw(ReviewServer server, String request) throws IOException {
        URI address = URI.create(server.address());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void showsHostileTextsAsTextAndCapsLongOnes() throws Exception {
        String hostile = "\u001b[2J<script>alert(1)</script>\u202e";
        try (Running running = start(
                List.of(new AnswerPair("p\u0007", hostile, "x".repeat(3 * BlindReview.LONGEST))), "votes.jsonl")) {
            JsonNode question = running.next("anna");
            String both =
                    question.path("left").asText() + question.path("right").asText();
            assertThat(both).contains("␛[2J<script>alert(1)</script>[U+202E]", "… (100,000 more characters)");
            assertThat(question.path("prompt").asText()).isEqualTo("p␇");
        }
    }
}
