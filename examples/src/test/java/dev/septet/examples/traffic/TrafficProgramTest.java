package dev.septet.examples.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.AuditEvent;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.Thumb;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.review.ReviewCandidates;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Sha256;
import dev.septet.workers.serve.ModelServer;
import dev.septet.workers.serve.ServeSettings;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.EngineBackend;
import dev.septet.workers.serve.backend.ModelBackend;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.model.RouteReloader;
import dev.septet.workers.serve.model.VariantOpener;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Customers on the wire: the real server, with the quickstart's base model behind it. */
@Tag("long")
class TrafficProgramTest {
    private static final String SHA256 = Sha256.of("base");

    @TempDir
    private Path folder = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void asksJudgesAndCorrectsTheSameForTheSameSeed() throws IOException {
        try (ModelServer server = serve()) {
            assertThat(traffic(server.port(), "4", "3:intents:100", "--feedback", "100"))
                    .isZero();
            assertThat(out.toString(StandardCharsets.UTF_8)).matches("""
                (?s)4 as ever: .* right, \\d liked, \\d corrected
                3, 100 % intents: .*
                continue with --first 7
                """);
            assertThat(traffic(server.port(), "4", "3:intents:100", "--feedback", "0"))
                    .isZero();
        }
        List<AuditEvent> lines = lines();
        List<@Nullable String> questions = lines.stream()
                .filter(AnswerEvent.class::isInstance)
                .map(line -> ((AnswerEvent) line).question().lastOfUser())
                .toList();
        assertThat(questions).hasSize(14);
        assertThat(questions.subList(7, 14)).isEqualTo(questions.subList(0, 7));
        assertThat(questions.subList(4, 7))
                .allMatch(text -> text != null
                        && text.matches("(?s).*(watch|Tempo|speaker|Boom|drone|Kite" + "|copter|scooter|Glide).*"));
        List<FeedbackEvent> feedback = lines.stream()
                .filter(FeedbackEvent.class::isInstance)
                .map(FeedbackEvent.class::cast)
                .toList();
        assertThat(feedback).hasSize(7);
        // The base model has never seen a routing record: people write it for it.
        assertThat(feedback)
                .allMatch(one -> one.thumb() == Thumb.DOWN
                        && String.valueOf(one.correction()).startsWith("{\"team\":"));
        assertThat(ReviewCandidates.read(logs().reader("ticket-desk"), "ticket-desk", false, List.of())
                        .all())
                .hasSize(7);
    }

    @Test
    void saysWhatIsWrongInASentence() throws IOException {
        assertThat(traffic(1, "1")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("traffic: no server answers at http://127.0.0.1:1/. `./septet dev` serves"
                        + " the pipeline after its first run\n");
        assertThat(traffic(1, "5:refusals")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("there is no shift 'refusals' of requests; the shifts are longer, language");
        assertThat(traffic(1, "many")).isEqualTo(2);
        try (ModelServer server = serve()) {
            assertThat(traffic(server.port(), "1", "--model", "nobody")).isEqualTo(1);
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("answered 404: ");
        }
    }

    private int traffic(int port, String... arguments) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--url", String.format(Locale.ROOT, "http://127.0.0.1:%d/", port)));
        CommandLine line = TrafficProgram.commandLine(new PrintStream(out, true, StandardCharsets.UTF_8), null);
        line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        return line.execute(all.toArray(String[]::new));
    }

    private ModelServer serve() throws IOException {
        Variant variant = new Variant(
                SHA256.substring(0, 12), new ArtifactRef("store:artifacts/" + SHA256, SHA256, 10), null, "run-1");
        Routes routes = new Routes(new LocalStore(folder.resolve("store")));
        if (routes.route("ticket-desk").isEmpty()) {
            routes.publish("ticket-desk", variant, new Fence("run-1/route", 1));
        }
        Models models = new Models();
        AuditBook book = AuditBook.of(logs(), AuditSettings.DEFAULT, Clock.systemUTC());
        new RouteReloader(routes, new BaseModel(), models, book, () -> List.of("ticket-desk")).reload();
        return ModelServer.start(new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT), models, book);
    }

    private AuditLogs logs() {
        return new AuditLogs(folder.resolve("audit"), AtRestEncryption.none());
    }

    private List<AuditEvent> lines() throws IOException {
        return logs().reader("ticket-desk").read(0, 100).records().stream()
                .map(AuditRecord::event)
                .toList();
    }

    private record BaseModel() implements VariantOpener {
        @Override
        public ModelBackend open(Variant variant) {
            return EngineBackend.open(Path.of("quickstart/base-model"));
        }

        @Override
        public ModelBackend base(Variant variant) {
            return open(variant);
        }
    }
}
