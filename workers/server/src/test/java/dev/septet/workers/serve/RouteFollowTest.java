package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.serving.GateBaseline;
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
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.model.RouteReloader;
import dev.septet.workers.serve.model.VariantOpener;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline's name leads where its route says, and a change of the route drops nobody. */
class RouteFollowTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final Fence FENCE = new Fence("run-1/route", 1);
    private static final Variant OLD = variant("a");
    private static final Variant NEW = variant("b");

    @TempDir
    private Path folder = Path.of("");

    private final Map<String, ScriptedBackend> opened = new ConcurrentHashMap<>();
    private final Models models = new Models();
    private Routes routes = new Routes(new LocalStore(folder));
    private RouteReloader reloader =
            new RouteReloader(routes, new Opener(), models, AuditBook.none(), () -> List.of("bot"));
    private ModelServer server = start();
    private Client client = new Client(server.port());
    private boolean byHand;

    /** Opens models that repeat what they hear, or whose answers the test writes. */
    private final class Opener implements VariantOpener {
        @Override
        public ModelBackend open(Variant variant) {
            ScriptedBackend backend = byHand ? ScriptedBackend.byHand() : ScriptedBackend.echoing();
            opened.put(variant.version(), backend);
            return backend;
        }

        @Override
        public ModelBackend base(Variant variant) {
            return ScriptedBackend.echoing();
        }
    }

    private ModelServer start() {
        try {
            return ModelServer.start(
                    new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT), models, AuditBook.none());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void follow() throws IOException {
        routes = new Routes(new LocalStore(folder));
        reloader = new RouteReloader(routes, new Opener(), models, AuditBook.none(), () -> List.of("bot"));
        client = new Client(server.port());
        routes.publish("bot", OLD, FENCE);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aTrialGetsItsShareAndEveryoneStaysWithOneModel() throws Exception {
        reloader.reload();
        routes.challenge("bot", NEW, 0.3, FENCE);
        reloader.reload();
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 400; i++) {
            counts.merge(answered(chat("hello", "\"user\": \"u" + i + "\"")), 1, Integer::sum);
        }
        // 400 draws of 0.3: five standard deviations are 46.
        int tried = counts.getOrDefault(NEW.version(), 0);
        assertThat(tried).isBetween(120 - 46, 120 + 46);
        assertThat(counts).containsEntry(OLD.version(), 400 - tried);

        for (int i = 0; i < 20; i++) {
            String user = "\"user\": \"u" + i + "\"";
            assertThat(answered(chat("another thing", user))).isEqualTo(answered(chat("hello", user)));
            String begun = String.format(Locale.ROOT, "{\"role\": \"user\", \"content\": \"question %d\"}", i);
            String further = begun
                    + ", {\"role\": \"assistant\", \"content\": \"answer\"}"
                    + ", {\"role\": \"user\", \"content\": \"and then?\"}";
            assertThat(answered(conversation(further))).isEqualTo(answered(conversation(begun)));
        }
    }

    @Test
    void aTrialThatNobodyWatchesAnyMoreLosesItsShare() throws Exception {
        AtomicLong now = new AtomicLong(1_000);
        reloader = new RouteReloader(routes, new Opener(), models, AuditBook.none(), () -> List.of("bot"), new At(now));
        routes.challenge("bot", NEW, 0.5, 5_000L, GateBaseline.ANY, FENCE);
        reloader.reload();
        assertThat(versions()).containsExactlyInAnyOrder(OLD.version(), NEW.version());

        now.set(4_999);
        reloader.reload();
        assertThat(versions()).contains(NEW.version());
        now.set(5_000);
        reloader.reload();
        assertThat(versions()).containsExactly(OLD.version());
        await().until(() -> opened(NEW).closed());

        routes.renew("bot", NEW, 9_000, FENCE);
        reloader.reload();
        assertThat(versions()).containsExactlyInAnyOrder(OLD.version(), NEW.version());
        now.set(9_001);
        reloader.reload();
        routes.promote("bot", NEW, FENCE);
        reloader.reload();
        assertThat(versions()).containsExactly(NEW.version());
        assertThat(reloader.problems()).isEmpty();
    }

    @Test
    void clientsAreNotToldWhichArmAnswered() throws Exception {
        reloader.reload();
        Client.Answer before = client.post(CHAT, chat("hello", "\"n\": 1"));
        assertThat(before.header("x-septet-version")).isEqualTo(OLD.version());
        routes.challenge("bot", NEW, 0.5, FENCE);
        reloader.reload();
        Set<String> told = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            Client.Answer answer = client.post(CHAT, chat("hello", "\"user\": \"u" + i + "\""));
            Map<String, List<String>> headers =
                    new HashMap<>(answer.response().headers().map());
            headers.keySet().removeAll(List.of("x-request-id", "date"));
            ObjectNode body = answer.json().deepCopy();
            body.remove(List.of("id", "created"));
            told.add(new TreeMap<>(headers) + " " + body);
        }
        assertThat(opened(OLD).asked()).isPositive();
        assertThat(opened(NEW).asked()).isPositive();
        assertThat(told).as("one form of answer for both").hasSize(1);
        assertThat(told.iterator().next())
                .doesNotContain("arm")
                .doesNotContain(OLD.version())
                .doesNotContain(NEW.version());
    }

    private Set<String> versions() throws Exception {
        Set<String> versions = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            versions.add(answered(chat("question " + i, "\"seed\": 1")));
        }
        return versions;
    }

    /** A clock that the test sets. */
    private static final class At extends Clock {
        private final AtomicLong millis;

        At(AtomicLong millis) {
            this.millis = millis;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis.get());
        }
    }

    @Test
    void withoutUsersConversationsAreSharedOutByTheirBeginnings() throws Exception {
        routes.challenge("bot", NEW, 0.5, FENCE);
        reloader.reload();
        assertThat(versions()).containsExactlyInAnyOrder(OLD.version(), NEW.version());
    }

    @Test
    void anAnswerThatHasBegunEndsWithTheModelThatBeganIt() throws Exception {
        byHand = true;
        reloader.reload();
        CompletableFuture<Stream<String>> stream = client.stream(CHAT, chat("hello", "\"stream\": true"));
        ScriptedBackend.Open answer = opened(OLD).next();
        answer.write("He");
        Iterator<String> events = stream.get().iterator();
        events.next();
        byHand = false;
        routes.publish("bot", NEW, FENCE);
        reloader.reload();

        assertThat(answered(chat("hello", "\"n\": 1"))).isEqualTo(NEW.version());
        assertThat(opened(OLD).closed()).isFalse();
        answer.write("y");
        answer.end(FinishReason.STOP, 3);
        JsonNode piece = Client.json(events.next());
        assertThat(piece.at("/choices/0/delta/content").asText()).isEqualTo("y");
        assertThat(piece.path("system_fingerprint").asText()).isEqualTo(OLD.version());
        await().until(() -> opened(OLD).closed());
        assertThat(opened(NEW).closed()).isFalse();
    }

    @Test
    void changesOfTheRouteDropNobody() throws Exception {
        reloader.reload();
        CompletableFuture<Integer> asking = CompletableFuture.supplyAsync(() -> {
            int asked = 0;
            while (asked < 300) {
                assertThat(status()).isEqualTo(200);
                asked++;
            }
            return asked;
        });
        while (!asking.isDone()) {
            routes.challenge("bot", NEW, 0.5, FENCE);
            reloader.reload();
            routes.promote("bot", NEW, FENCE);
            reloader.reload();
            routes.force("bot", OLD, FENCE);
            reloader.reload();
        }
        assertThat(asking.get()).isEqualTo(300);
        assertThat(reloader.problems()).isEmpty();
    }

    @Test
    void namesOfVersionsAndOfTheBaseAreServedBesideThePipelines() throws Exception {
        routes.challenge("bot", NEW, 0.3, FENCE);
        reloader.reload();

        assertThat(models.names())
                .isEqualTo(List.of("bot", "bot@" + OLD.version(), "bot@" + NEW.version()).stream()
                        .sorted()
                        .toList());
        assertThat(answered(chat("x", "\"n\": 1").replace("\"bot\"", named(NEW))))
                .isEqualTo(NEW.version());
    }

    private ScriptedBackend opened(Variant variant) {
        return Objects.requireNonNull(opened.get(variant.version()));
    }

    private static String named(Variant variant) {
        return "\"bot@" + variant.version() + "\"";
    }

    private int status() {
        try {
            return client.post(CHAT, chat("hello", "\"n\": 1")).status();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String answered(String body) throws Exception {
        Map<String, Integer> before = asked();
        Client.Answer answer = client.post(CHAT, body);
        assertThat(answer.header("x-septet-version"))
                .isEqualTo(answer.json().path("system_fingerprint").asText());
        return asked().entrySet().stream()
                .filter(now -> now.getValue() > before.getOrDefault(now.getKey(), 0))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    private Map<String, Integer> asked() {
        Map<String, Integer> asked = new HashMap<>();
        opened.forEach((version, backend) -> asked.put(version, backend.asked()));
        return asked;
    }

    private static String chat(String text, String more) {
        return Client.chat(more).replace("\"m\"", "\"bot\"").replace("hello", text);
    }

    private static String conversation(String messages) {
        return "{\"model\": \"bot\", \"messages\": [%s]}".formatted(messages);
    }

    private static Variant variant(String name) {
        String sha256 = Sha256.of(name);
        return new Variant(
                sha256.substring(0, 12), new ArtifactRef("store:artifacts/" + sha256, sha256, 10), null, "run-" + name);
    }
}
