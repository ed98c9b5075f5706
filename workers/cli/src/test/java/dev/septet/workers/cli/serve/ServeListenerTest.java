package dev.septet.workers.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.serve.backend.LazyBackend;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model server that loads can be told from one that died, and from one that is ready. */
class ServeListenerTest {
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    private Path root;

    private final Models models = new Models();

    private Path state() {
        return root.resolve("state");
    }

    private ServeListener start(boolean emptyIsReady) throws IOException {
        Captured captured = new Captured(root)
                .with("SEPTET_STATE", state().toString())
                .with("SEPTET_METRICS_ADDRESS", "127.0.0.1:0");
        return ServeListener.start(captured.session(), models, 8080, emptyIsReady, true);
    }

    private static JsonNode get(ServeListener listener, String path, int status) throws Exception {
        String address = listener.address().orElseThrow().replace("/metrics", path);
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return SpecJson.mapper().readTree(answer.body());
    }

    private static void awaitProblem(ServeListener listener, String problem) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(get(listener, "/ready", 503)
                                .at("/parts/0/problem")
                                .asText())
                        .isEqualTo(problem));
    }

    @Test
    void isHealthyWhileItsModelsLoadAndReadyAfterwards() throws Exception {
        try (ServeListener listener = start(false)) {
            awaitProblem(listener, "the models are being loaded");
            assertThat(get(listener, "/health", 200)).hasToString("{\"healthy\":true}");

            listener.opened();
            awaitProblem(listener, "no model is served");
            models.add("m", new HostedBackend("v", new LazyBackend(() -> {
                throw new AssertionError("nobody asks it");
            })));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(
                                    get(listener, "/ready", 200).path("parts").findValuesAsText("name"))
                            .containsExactly("models", "guards", "audit"));
            assertThat(state().resolve("metrics/serve-8080.json")).exists();

            listener.ending();
            awaitProblem(listener, "the server is ending and takes no new requests");
        }
        assertThat(state().resolve("metrics/serve-8080.json")).doesNotExist();
        assertThat(state().resolve("audit")).isEmptyDirectory();
    }

    @Test
    void isNotReadyWhenItsAuditLogsCannotBeWritten() throws Exception {
        Files.createDirectories(state());
        Files.createFile(state().resolve("audit")); // in the place of the folder
        try (ServeListener listener = start(true)) {
            listener.opened();
            await().atMost(SOON).untilAsserted(() -> {
                JsonNode audit = get(listener, "/ready", 503).at("/parts/2");
                assertThat(audit.path("name").asText()).isEqualTo("audit");
                assertThat(audit.path("ready").asBoolean()).isFalse();
            });
        }
    }
}
