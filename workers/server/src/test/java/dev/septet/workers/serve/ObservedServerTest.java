package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.observe.PrometheusInstruments;
import dev.septet.workers.observe.ReadinessChecks;
import dev.septet.workers.observe.WorkProgress;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is measured of a model server's requests. */
class ObservedServerTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final Duration SOON = Duration.ofMinutes(1);

    private final PrometheusInstruments metrics = new PrometheusInstruments();
    private final Models models = new Models();
    private final ScriptedBackend slow = ScriptedBackend.byHand();
    private volatile @Nullable String loading = "the models are being loaded";
    private ModelServer server = start(models, new WorkProgress(Duration.ofMinutes(15)));
    private Client client = new Client(0);

    private ModelServer start(Models served, WorkProgress answers) {
        try {
            return ModelServer.start(
                    new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT),
                    served,
                    AuditBook.none(),
                    new Observed(metrics, new ReadinessChecks().with("models", () -> loading), answers));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void addModels() {
        models.add("m", new HostedBackend("abcdef123456", ScriptedBackend.echoing()));
        models.add("slow", new HostedBackend("fedcba654321", slow));
        client = new Client(server.port());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<String> lines(String prefix) {
        return metrics.scrape().lines().filter(line -> line.startsWith(prefix)).toList();
    }

    @Test
    void countsRequestsByModelAndStatusAndNoTextOfARequest() throws Exception {
        client.post(CHAT, Client.chat(""));
        client.post(CHAT, "{\"model\": \"my secret\", \"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}");
        client.post(CHAT, "no json");
        client.get("/v1/secret");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(lines("septet_requests_total"))
                        .containsExactlyInAnyOrder(
                                "septet_requests_total{endpoint=\"chat\",model=\"m\",status=\"200\"} 1.0",
                                "septet_requests_total{endpoint=\"chat\",model=\"none\",status=\"404\"} 1.0",
                                "septet_requests_total{endpoint=\"chat\",model=\"none\",status=\"400\"} 1.0",
                                "septet_requests_total{endpoint=\"other\",model=\"none\",status=\"404\"} 1.0"));
        assertThat(metrics.scrape()).doesNotContain("secret").doesNotContain("hello");
        assertThat(lines("septet_request_seconds_count"))
                .containsExactly("septet_request_seconds_count{model=\"m\"} 1");
        assertThat(lines("septet_answers_total"))
                .containsExactly("septet_answers_total{finish=\"stop\",model=\"m\"} 1.0");
    }

    @Test
    void measuresAnAnswerWhileItIsGenerated() throws Exception {
        CompletableFuture<Client.Answer> answer =
                client.later(CHAT, Client.chat("").replace("\"m\"", "\"slow\""));
        ScriptedBackend.Open open = slow.next();
        assertThat(lines("septet_answers_admitted")).containsExactly("septet_answers_admitted 1.0");
        assertThat(lines("septet_queue_seconds_count")).containsExactly("septet_queue_seconds_count{model=\"slow\"} 1");
        assertThat(lines("septet_time_to_first_token_seconds_count")).isEmpty();

        open.write("a", "b");
        assertThat(lines("septet_time_to_first_token_seconds_count"))
                .containsExactly("septet_time_to_first_token_seconds_count{model=\"slow\"} 1");
        open.end(FinishReason.LENGTH, 3);
        assertThat(answer.get().status()).isEqualTo(200);

        assertThat(lines("septet_generated_tokens_total"))
                .containsExactly("septet_generated_tokens_total{model=\"slow\"} 3.0");
        assertThat(lines("septet_time_per_output_token_seconds_count"))
                .containsExactly("septet_time_per_output_token_seconds_count{model=\"slow\"} 1");
        assertThat(lines("septet_answers_total"))
                .containsExactly("septet_answers_total{finish=\"length\",model=\"slow\"} 1.0");
        await().atMost(SOON)
                .until(() -> lines("septet_answers_admitted").equals(List.of("septet_answers_admitted 0.0")));
    }

    @Test
    void aProblemOfAModelAndAClientThatLeavesAreCounted() throws Exception {
        CompletableFuture<Client.Answer> failing =
                client.later(CHAT, Client.chat("").replace("\"m\"", "\"slow\""));
        slow.next().listener().failed(new IllegalStateException("out of order"));
        assertThat(failing.get().status()).isEqualTo(500);
        try (RawClient leaving = new RawClient(server.port())) {
            leaving.post(CHAT, Client.chat("\"stream\": true").replace("\"m\"", "\"slow\""));
            slow.next().write("a");
            leaving.leave();
        }

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(lines("septet_requests_total"))
                        .contains("septet_requests_total{endpoint=\"chat\",model=\"slow\",status=\"500\"} 1.0")
                        .anyMatch(line -> line.contains("status=\"499\"")));
        assertThat(lines("septet_answers_total"))
                .contains("septet_answers_total{finish=\"failed\",model=\"slow\"} 1.0");
    }

    /** The metrics' port asks the same object. */
    @Test
    void isNotHealthyWhileAnswersStall() throws Exception {
        assertThat(client.get("/health").response().body()).isEqualTo("ok\n");
        WorkProgress impatient = new WorkProgress(Duration.ZERO);
        Models own = new Models();
        own.add("slow", new HostedBackend("fedcba654321", slow));
        try (ModelServer stalling = start(own, impatient)) {
            Client probe = new Client(stalling.port());
            CompletableFuture<Client.Answer> answer =
                    probe.later(CHAT, Client.chat("").replace("\"m\"", "\"slow\""));
            ScriptedBackend.Open open = slow.next();

            Client.Answer stalled = probe.get("/health");
            assertThat(stalled.status()).isEqualTo(503);
            assertThat(stalled.response().body()).startsWith("answers in progress: 1, but none has advanced for ");

            open.end(FinishReason.STOP, 1);
            assertThat(answer.get().status()).isEqualTo(200);
            await().atMost(SOON).until(() -> probe.get("/health").status() == 200);
        }
    }

    @Test
    void isReadyWhenItsPartsAre() throws Exception {
        Client.Answer notYet = client.get("/ready");
        assertThat(notYet.status()).isEqualTo(503);
        assertThat(notYet.json().at("/parts/0/problem").asText()).isEqualTo("the models are being loaded");

        loading = null;
        await().atMost(SOON).until(() -> client.get("/ready").status() == 200);
    }
}
