package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.KeyRing;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.keys.ApiKey;
import dev.septet.workers.serve.keys.KeyLine;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.openai.RequestLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tenants of one server against each other, and strangers against all of them. */
@Tag("long")
class TenantsTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String JSON = "application/json";
    private static final String ANNA = "anna-has-a-key-0123456789";
    private static final String BEN = "ben-has-a-key-0123456789";
    private static final ServeLimits LIMITS = new ServeLimits(
            new RequestLimits(4096, 3, 4, 4),
            3,
            97,
            64,
            0,
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(1));

    private final ScriptedBackend slow = ScriptedBackend.byHand();
    private ModelServer server = start(LIMITS, Set.of(), "");

    private ModelServer start(ServeLimits limits, Set<String> proxies, String more) {
        Models models = new Models();
        models.add("m", new HostedBackend("abcdef123456", ScriptedBackend.echoing()));
        models.add("slow", new HostedBackend("fedcba654321", slow));
        String lines = "anna sha256:%s\nben sha256:%s\n%s".formatted(hex(ANNA), hex(BEN), more);
        try {
            return ModelServer.start(
                    new ServeSettings(
                            "127.0.0.1", 0, KeyRing.fixed(ApiKeys.of(KeyLine.read(lines))), limits, proxies, null),
                    models,
                    AuditBook.none());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void restart(ServeLimits limits, Set<String> proxies, String more) {
        server.close();
        server = start(limits, proxies, more);
    }

    private static String hex(String key) {
        return HexFormat.of().formatHex(ApiKey.hash(key));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Client.Answer ask(String body, String authorization, String... more) throws Exception {
        List<String> headers = new ArrayList<>(List.of("Content-Type", JSON, "Authorization", authorization));
        headers.addAll(List.of(more));
        return new Client(server.port()).post(CHAT, body, headers.toArray(String[]::new));
    }

    private CompletableFuture<Client.Answer> later(String body, String key) {
        return new Client(server.port()).later(CHAT, body, "Content-Type", JSON, "Authorization", "Bearer " + key);
    }

    @Test
    void oneRequestDoesNotWaitBehindFortyOfAnotherKey() throws Exception {
        List<CompletableFuture<Client.Answer>> flood = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            flood.add(later(slow(), ANNA));
        }
        List<ScriptedBackend.Open> annas = new ArrayList<>(List.of(slow.next(), slow.next()));
        CompletableFuture<Client.Answer> bens = later(slow(), BEN);
        ScriptedBackend.Open ben = slow.next();
        assertThat(ben.options().tenant()).as("a slot was left for Ben").isEqualTo("ben");
        CompletableFuture<Client.Answer> second = later(slow(), BEN);
        ben.end(FinishReason.STOP, 1);
        assertThat(bens.get().status()).isEqualTo(200);
        ScriptedBackend.Open again = slow.next();
        assertThat(again.options().tenant()).isEqualTo("ben");
        again.end(FinishReason.STOP, 1);
        assertThat(second.get().status()).isEqualTo(200);

        while (annas.size() < 40) {
            annas.get(annas.size() - 2).end(FinishReason.STOP, 1);
            annas.add(slow.next());
        }
        annas.get(38).end(FinishReason.STOP, 1);
        annas.get(39).end(FinishReason.STOP, 1);
        for (CompletableFuture<Client.Answer> answer : flood) {
            assertThat(answer.get().status()).isEqualTo(200);
        }
    }

    @Test
    void aFloodOfOneKeyLeavesPlacesForAnother() throws Exception {
        restart(
                new ServeLimits(
                        RequestLimits.DEFAULT,
                        2,
                        8,
                        64,
                        0,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(1)),
                Set.of(),
                "");
        List<CompletableFuture<Client.Answer>> flood = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            flood.add(later(slow(), ANNA));
        }
        await().until(() -> flood.stream().filter(CompletableFuture::isDone).count() == 35);
        for (CompletableFuture<Client.Answer> answer : flood) {
            if (answer.isDone()) {
                assertThat(answer.get().status()).isEqualTo(429);
                assertThat(answer.get().header("Retry-After")).isNotEmpty();
                assertThat(answer.get().error()).contains("this key's running and waiting answers");
            }
        }
        assertThat(ask(Client.chat(""), "Bearer " + BEN).status()).isEqualTo(200);
    }

    @Test
    void bytesOfAKeyAreBoundedBeforeTheyAreRead() throws Exception {
        restart(LIMITS.withBytes(15_000), Set.of(), "");
        List<RawClient> open = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                RawClient raw = new RawClient(server.port());
                raw.send(head(ANNA, 3900));
                open.add(raw);
            }
            await().untilAsserted(() -> assertThat(refused(ANNA))
                    .startsWith("HTTP/1.1 429")
                    .contains("Retry-After: ")
                    .contains("its share of this server's memory"));
            assertThat(ask(Client.chat(""), "Bearer " + BEN).status()).isEqualTo(200);
            RawClient bens = new RawClient(server.port());
            bens.send(head(BEN, 3900));
            open.add(bens);
            await().untilAsserted(() ->
                    assertThat(refused(BEN)).startsWith("HTTP/1.1 503").contains("Retry-After: "));
        } finally {
            for (RawClient raw : open) {
                raw.close();
            }
        }
        await().until(() -> ask(Client.chat(""), "Bearer " + ANNA).status() == 200);
    }

    /** What is told to a request that announces a long body and sends none of it. */
    private String refused(String key) throws IOException {
        try (RawClient raw = new RawClient(server.port())) {
            raw.send(head(key, 4090));
            return raw.status() + raw.rest();
        }
    }

    private static String head(String key, int length) {
        return String.join(
                "\r\n",
                "POST " + CHAT + " HTTP/1.1",
                "Host: localhost",
                "Content-Type: application/json",
                "Authorization: Bearer " + key,
                "Content-Length: " + length,
                "",
                "");
    }

    @Test
    void spellingsOfAKeyCountAsOneKey() throws Exception {
        restart(LIMITS.perMinute(3), Set.of(), "");
        assertThat(ask(Client.chat(""), "Bearer " + ANNA).status()).isEqualTo(200);
        assertThat(ask(Client.chat(""), "bearer   " + ANNA).status()).isEqualTo(200);
        assertThat(ask(Client.chat(""), "BEARER " + ANNA + "  ").status()).isEqualTo(200);
        assertThat(ask(Client.chat(""), "bEaReR " + ANNA).status()).isEqualTo(429);
        assertThat(ask(Client.chat(""), "Bearer " + BEN).status()).isEqualTo(200);
    }

    @Test
    void wrongKeysOfOneAddressAreSlowedDown() throws Exception {
        assertThat(wrongKeysUntilRefused("10.0.0.0").allowed()).isBetween(20, 40);
        for (String forwarded : List.of("10.0.0.1", "10.0.0.2")) {
            Slowed slowed = wrongKeysUntilRefused(forwarded);
            assertThat(slowed.allowed()).as("nobody asked it to believe that").isLessThan(20);
            assertThat(slowed.refused().error()).contains("too many wrong keys from this address");
            assertThat(slowed.refused().header("Retry-After")).isNotEmpty();
        }
    }

    @Test
    void aNamedProxyIsBelievedButNotWhatItsClientsSay() throws Exception {
        restart(LIMITS, Set.of("127.0.0.1"), "");
        assertThat(wrongKeysUntilRefused(", 10.0.0.1").allowed()).isBetween(20, 40);
        assertThat(ask(Client.chat(""), "Bearer wrong", "X-Forwarded-For", "10.0.0.2")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aRightKeyIsTakenWhateverItsNeighboursTried() throws Exception {
        assertThat(wrongKeysUntilRefused("10.0.0.0").allowed()).isBetween(20, 40);
        for (int i = 0; i < 5; i++) {
            assertThat(wrongKeysUntilRefused("10.0.0.0").allowed()).isLessThan(20);
            assertThat(ask(Client.chat(""), "Bearer " + BEN).status()).isEqualTo(200);
        }
    }

    /** How many wrong keys were told so, and what the next one was told. */
    private record Slowed(int allowed, Client.Answer refused) {}

    /** On a slow machine, one more is told so every three seconds. */
    private Slowed wrongKeysUntilRefused(String from) throws Exception {
        for (int i = 0; i < 100; i++) {
            String forwarded = from.startsWith(",") ? i + ".1.1.1" + from : from;
            Client.Answer answer = ask(Client.chat(""), "Bearer wrong-" + i, "X-Forwarded-For", forwarded);
            if (answer.status() == 429) {
                return new Slowed(i, answer);
            }
            assertThat(answer.status()).isEqualTo(401);
        }
        throw new AssertionError("nobody was slowed down");
    }

    @Test
    void aKeyDoesWhatItsLineSays() throws Exception {
        String key = "carl-has-a-key-0123456789";
        String old = "old-key-of-somebody-01234";
        restart(
                LIMITS,
                Set.of(),
                "carl sha256:%s scopes=chat models=m\nold sha256:%s expires=2020-01-31\n"
                        .formatted(hex(key), hex(old)));
        Client client = new Client(server.port());

        assertThat(ask(Client.chat(""), "Bearer " + key).status()).isEqualTo(200);
        Client.Answer other = ask(slow(), "Bearer " + key);
        assertThat(other.status()).isEqualTo(404);
        assertThat(other.error()).isEqualTo("there is no model 'slow' here; there are m");
        Client.Answer list = client.get("/v1/models", "Authorization", "Bearer " + key);
        assertThat(list.status()).isEqualTo(403);
        assertThat(list.error()).isEqualTo("the API key 'carl' lacks the scope 'models'");
        assertThat(client.post("/v1/feedback", "{}", "Content-Type", JSON, "Authorization", "Bearer " + key)
                        .status())
                .isEqualTo(403);
        Client.Answer expired = ask(Client.chat(""), "Bearer " + old);
        assertThat(expired.status()).isEqualTo(401);
        assertThat(expired.error()).contains("'old' expired at 2020-02-01T00:00:00Z");
        assertThat(client.get("/v1/models", "Authorization", "Bearer " + BEN)
                        .json()
                        .path("data")
                        .size())
                .isEqualTo(2);
    }

    @Test
    void aTextThatCannotFitIsRefusedUnread() throws Exception {
        Client.Answer refused = ask(Client.chat("").replace("hello", "x".repeat(2000)), "Bearer " + ANNA);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().at("/error/code").asText()).isEqualTo("context_length_exceeded");
        assertThat(refused.error()).contains("hold 1000 characters at most, but there are 2000");
    }

    private static String slow() {
        return Client.chat("").replace("\"m\"", "\"slow\"");
    }
}
