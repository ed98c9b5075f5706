package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.Arm;
import dev.septet.activities.audit.AuditEvent;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.Thumb;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Sha256;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.ModelBackend;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.model.RouteReloader;
import dev.septet.workers.serve.model.VariantOpener;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing that a pipeline's model says leaves the server without its line in the log. */
class AuditAndFeedbackTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String FEEDBACK = "/v1/feedback";
    private static final String SHA256 = Sha256.of("export");
    private static final Variant VARIANT = new Variant(
            SHA256.substring(0, 12), new ArtifactRef("store:artifacts/" + SHA256, SHA256, 10), null, "run-1");

    @TempDir
    private Path folder = Path.of("");

    private final ScriptedBackend slow = ScriptedBackend.byHand();
    private boolean byHand;
    private AuditBook book = AuditBook.none();
    private ModelServer server = dead();
    private Client client = new Client(0);

    private static ModelServer dead() {
        try {
            return ModelServer.start(settings(), new Models(), AuditBook.none());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ServeSettings settings() {
        return new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT);
    }

    @BeforeEach
    void start() throws IOException {
        Routes routes = new Routes(new LocalStore(folder.resolve("store")));
        routes.publish("bot", VARIANT, new Fence("run-1/route", 1));
        serve();
    }

    private void serve() throws IOException {
        serve(settings());
    }

    private void serve(ServeSettings settings) throws IOException {
        server.close();
        Models models = new Models();
        book = AuditBook.of(logs(), AuditSettings.DEFAULT, Clock.systemUTC());
        VariantOpener opener = new VariantOpener() {
            @Override
            public ModelBackend open(Variant variant) {
                return byHand ? slow : ScriptedBackend.echoing();
            }

            @Override
            public ModelBackend base(Variant variant) {
                return ScriptedBackend.echoing();
            }
        };
        RouteReloader reloader = new RouteReloader(
                new Routes(new LocalStore(folder.resolve("store"))), opener, models, book, () -> List.of("bot"));
        reloader.reload();
        models.add("file", new HostedBackend("0123456789ab", ScriptedBackend.echoing()));
        server = ModelServer.start(settings, models, book);
        client = new Client(server.port());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        assertThat(logs().verifier(logs().folder("bot")).verify().whole()).isTrue();
    }

    @Test
    void everyAnswerIsWrittenDownBeforeItsEndIsTold() throws Exception {
        Client.Answer answer = client.post(CHAT, chat("call me: jane@example.org", "\"n\": 2"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(client.stream(CHAT, chat("streamed", "\"stream\": true")).get())
                .endsWith("[DONE]");
        client.post("/v1/completions", "{\"model\": \"bot\", \"prompt\": [\"one\", \"two\"]}");

        List<AuditEvent> lines = lines();
        assertThat(lines).hasSize(5);
        AnswerEvent first = (AnswerEvent) lines.get(0);
        assertThat(first.id()).isEqualTo(answer.json().path("id").asText());
        assertThat(first.servedBy().pipeline()).isEqualTo("bot");
        assertThat(first.servedBy().version()).isEqualTo(VARIANT.version());
        assertThat(first.servedBy().arm()).isEqualTo(Arm.CHAMPION);
        assertThat(first.question().messages())
                .extracting(AuditedTurn::content)
                .allMatch(text -> text.startsWith("call me: ") && !text.contains("jane"));
        assertThat(first.reply().finish()).isEqualTo("stop");
        assertThat(first.reply().promptTokens()).isEqualTo(25);
        assertThat(((AnswerEvent) lines.get(1)).id()).isEqualTo(first.id() + "#1");
        assertThat(((AnswerEvent) lines.get(2)).reply().answer()).isEqualTo("streamed");
        assertThat(((AnswerEvent) lines.get(4)).question().prompt()).isEqualTo("two");
        try (var files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile).map(AuditAndFeedbackTest::text))
                    .noneMatch(text -> text.contains("jane@example.org"));
        }
    }

    @Test
    void callsAndResultsOfToolsAreWrittenDown() throws Exception {
        String body = """
            {"model": "bot", "messages": [{"role": "user", "content": "Rain?"},
              {"role": "assistant", "content": null, "tool_calls": [{"id": "abcdefghi", "type": "function",
                "function": {"name": "weather", "arguments": "{\\"city\\": \\"Bonn\\"}"}}]},
              {"role": "tool", "tool_call_id": "abcdefghi", "content": "yes"}]}\
            """;
        assertThat(client.post(CHAT, body).status()).isEqualTo(200);
        List<AuditedTurn> turns =
                Objects.requireNonNull(((AnswerEvent) lines().get(0)).question().messages());
        assertThat(turns.get(1).calls()).singleElement().satisfies(call -> {
            assertThat(call.name()).isEqualTo("weather");
            assertThat(call.arguments()).isEqualTo("{\"city\":\"Bonn\"}");
        });
        assertThat(turns.get(2).callId()).isEqualTo("abcdefghi");
    }

    @Test
    void namedVersionsAndFailuresAndThoseWhoLeftAreToldApart() throws Exception {
        client.post(CHAT, chat("x", "\"n\": 1").replace("\"bot\"", "\"bot@" + VARIANT.version() + "\""));
        byHand = true;
        serve();
        var failing = client.later(CHAT, chat("a", "\"n\": 1"));
        slow.next().listener().failed(new ArithmeticException("scores"));
        assertThat(failing.get().status()).isEqualTo(500);
        try (RawClient raw = new RawClient(server.port())) {
            raw.post(CHAT, chat("b", "\"stream\": true"));
            slow.next().write("Hal");
        }
        await().until(() -> lines().size() == 3);

        assertThat(((AnswerEvent) lines().get(0)).servedBy().arm()).isEqualTo(Arm.NAMED);
        assertThat(((AnswerEvent) lines().get(1)).reply().error()).isEqualTo("generation_failed");
        assertThat(((AnswerEvent) lines().get(2)).reply().finish()).isEqualTo("cancelled");
        assertThat(((AnswerEvent) lines().get(2)).reply().answer()).isEqualTo("Hal");
    }

    @Test
    void anAnswerThatCannotBeWrittenDownIsNotGiven() throws Exception {
        byHand = true;
        serve();
        var asked = client.later(CHAT, chat("a", "\"n\": 1"));
        ScriptedBackend.Open answer = slow.next();
        book.close();
        answer.write("text");
        answer.end(FinishReason.STOP, 1);

        assertThat(asked.get().status()).isEqualTo(503);
        assertThat(asked.get().json().at("/error/code").asText()).isEqualTo("audit_unavailable");
    }

    @Test
    void feedbackIsWrittenBesideItsAnswerAlsoAfterARestart() throws Exception {
        String id =
                client.post(CHAT, chat("hello", "\"n\": 1")).json().path("id").asText();
        Client.Answer up = client.post(FEEDBACK, "{\"id\": \"%s\", \"rating\": \"up\"}".formatted(id));
        assertThat(up.status()).as(up.json().toString()).isEqualTo(200);
        assertThat(up.json().path("object").asText()).isEqualTo("feedback");
        serve();
        Client.Answer down = client.post(
                FEEDBACK,
                "{\"id\": \"%s\", \"rating\": \"down\", \"correction\": \"mail bob@example.org\"}".formatted(id));
        assertThat(down.status()).isEqualTo(200);

        FeedbackEvent first = (FeedbackEvent) lines().get(1);
        FeedbackEvent second = (FeedbackEvent) lines().get(2);
        assertThat(first.of()).isEqualTo(id);
        assertThat(first.thumb()).isEqualTo(Thumb.UP);
        assertThat(second.thumb()).isEqualTo(Thumb.DOWN);
        assertThat(second.correction()).startsWith("mail ").doesNotContain("bob");
        for (int i = 2; i < 8; i++) {
            client.post(FEEDBACK, "{\"id\": \"%s\", \"rating\": \"up\"}".formatted(id));
        }
        assertThat(client.post(FEEDBACK, "{\"id\": \"%s\", \"rating\": \"up\"}".formatted(id))
                        .status())
                .isEqualTo(409);
    }

    @Test
    void aLineNamesTheKeyAndOnlyThatKeyMayJudgeTheAnswer() throws Exception {
        String anna = "anna-has-a-key-0123456789";
        String ben = "ben-has-a-key-01234567890";
        ServeSettings keyed = new ServeSettings("127.0.0.1", 0, new ApiKeys(List.of(anna, ben)), ServeLimits.DEFAULT);
        serve(keyed);
        String id = client.post(CHAT, chat("hello", "\"n\": 1"), with(anna))
                .json()
                .path("id")
                .asText();
        serve(keyed);
        String body = "{\"id\": \"%s\", \"rating\": \"down\"}".formatted(id);
        Client.Answer others = client.post(FEEDBACK, body, with(ben));
        assertThat(others.status()).isEqualTo(404);
        assertThat(others.error()).startsWith("this server knows no answer with this id");
        assertThat(client.post(FEEDBACK, body, with(anna)).status()).isEqualTo(200);

        AnswerEvent answer = (AnswerEvent) lines().get(0);
        assertThat(answer.key()).startsWith("key-");
        assertThat(((FeedbackEvent) lines().get(1)).key()).isEqualTo(answer.key());
        try (var files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile).map(AuditAndFeedbackTest::text))
                    .noneMatch(text -> text.contains(anna));
        }
    }

    private static String[] with(String key) {
        return new String[] {"Content-Type", "application/json", "Authorization", "Bearer " + key};
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|400|'id' is missing",
                "{\"id\": \"x\"}|400|give a 'rating'",
                "{\"id\": \"x\", \"rating\": \"meh\"}|400|'rating' must be",
                "{\"id\": \"x\", \"rating\": 1}|400|'rating' must be a string",
                "{\"id\": \"x\", \"correction\": \" \"}|400|'correction' must have",
                "{\"id\": \"x\", \"rating\": \"up\", \"sum\": 1}|400|'sum' is not known",
                "{\"id\": \"x\", \"rating\": \"up\"}|404|no answer with this id"
            })
    void wrongFeedbackIsExplainedAndLeavesNothing(String body, int status, String explained) throws Exception {
        Client.Answer answer = client.post(FEEDBACK, body);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.error()).contains(explained);
        assertThat(lines()).isEmpty();
    }

    @Test
    void filesHaveNoLogAndLongCorrectionsAreRefused() throws Exception {
        String id = client.post(CHAT, chat("hello", "\"n\": 1").replace("\"bot\"", "\"file\""))
                .json()
                .path("id")
                .asText();
        assertThat(client.post(FEEDBACK, "{\"id\": \"%s\", \"rating\": \"up\"}".formatted(id))
                        .status())
                .isEqualTo(404);
        assertThat(client.post(FEEDBACK, "{\"id\": \"x\", \"correction\": \"%s\"}".formatted("a".repeat(40_000)))
                        .error())
                .contains("32768");
        assertThat(lines()).isEmpty();
    }

    @Test
    void twoServersDoNotWriteOneLog() {
        try (AuditBook second = AuditBook.of(logs(), AuditSettings.DEFAULT, Clock.systemUTC())) {
            assertThatThrownBy(() -> second.open("bot"))
                    .hasMessageContaining("another process is writing this audit log");
        }
    }

    private AuditLogs logs() {
        return new AuditLogs(folder.resolve("audit"), AtRestEncryption.none());
    }

    private List<AuditEvent> lines() throws IOException {
        return logs().reader("bot").read(0, 100).records().stream()
                .map(AuditRecord::event)
                .toList();
    }

    private static String chat(String text, String more) {
        return Client.chat(more).replace("\"m\"", "\"bot\"").replace("hello", text);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
