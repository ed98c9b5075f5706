package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jaeger takes the spans of a run, finds the run by its attributes, and gives its trace back as one tree. */
@Tag("nightly")
class JaegerIT {
    private static final String TRACE = "5f0c4d1e9a7b33625f0c4d1e9a7b3362";
    private static final String CALLER = "00f067aa0ba902b7";
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int BUILD_SECONDS = 1800;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path root = Path.of("");

    @Test
    void oneTraceIsAWholeTree() throws Exception {
        Workspace workspace = Workspace.in(root, "traced", 120, Pipelines.small(20));
        int receiver = Trials.freePort();
        int query = Trials.freePort();
        Process jaeger = start(receiver, query);
        try {
            Map<String, String> environment = new HashMap<>(DevStack.environment(root.resolve("state")));
            environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + receiver);
            environment.put("TRACEPARENT", "00-" + TRACE + "-" + CALLER + "-01");
            Shell.Said run = Shell.septet(
                    root,
                    environment,
                    420,
                    "run",
                    "--port",
                    "0",
                    workspace.file().toString());
            assertThat(run.status()).as(run.all()).isZero();

            JsonNode trace = await("the last span")
                    .atMost(SOON)
                    .until(() -> trace(query), found -> names(found).contains("septet run"));

            assertThat(new TreeSet<>(names(trace)))
                    .contains(
                            "StartWorkflow:Pipeline", "RunWorkflow:Pipeline", "RunWorkflow:Train", "RunActivity:Train")
                    .contains(
                            "RunActivity:Prepare",
                            "RunActivity:Evaluate",
                            "checkpoint",
                            "validate",
                            "predict",
                            "store");
            for (JsonNode span : trace.path("spans")) {
                assertThat(parents(trace, span))
                        .as("above %s", span.path("operationName").asText())
                        .endsWith(span.path("operationName").asText().equals("septet run") ? CALLER : "septet run");
            }
            JsonNode checkpoint = span(trace, "checkpoint");
            assertThat(parents(trace, checkpoint)).contains("RunActivity:Train", "RunWorkflow:Train");
            assertThat(service(trace, checkpoint)).isEqualTo("septet-worker");
            assertThat(service(trace, span(trace, "septet run"))).isEqualTo("septet");
            assertThat(tag(checkpoint, "septet.step")).isEqualTo("10");
            assertThat(tag(span(trace, "RunActivity:Train"), "septet.stage")).isEqualTo("train");

            JsonNode found = get(
                    query,
                    "/api/traces?service=septet-worker&limit=5&tags="
                            + URLEncoder.encode("{\"septet.stage\":\"train\"}", StandardCharsets.UTF_8));
            assertThat(found.path("data").findValuesAsText("traceID")).contains(TRACE);
        } finally {
            jaeger.destroy();
            if (!jaeger.waitFor(10, TimeUnit.SECONDS)) {
                jaeger.destroyForcibly();
            }
        }
    }

    private Process start(int receiver, int query) throws Exception {
        String program = Shell.installed(BUILD_SECONDS, "jaeger").get(0);
        Path config = Files.writeString(
                root.resolve("jaeger.yaml"), String.format(Locale.ROOT, """
                service:
                  extensions: [jaeger_storage, jaeger_query]
                  pipelines:
                    traces: {receivers: [otlp], exporters: [jaeger_storage_exporter]}
                  telemetry: {metrics: {level: none}}
                extensions:
                  jaeger_storage: {backends: {memory: {memory: {max_traces: 1000}}}}
                  jaeger_query:
                    storage: {traces: memory}
                    http: {endpoint: '127.0.0.1:%d'}
                    grpc: {endpoint: '127.0.0.1:%d'}
                receivers:
                  otlp: {protocols: {http: {endpoint: '127.0.0.1:%d'}}}
                exporters:
                  jaeger_storage_exporter: {trace_storage: memory}
                """, query, Trials.freePort(), receiver));
        Path log = root.resolve("jaeger.txt");
        Process jaeger = new ProcessBuilder(program, "--config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await("Jaeger; see " + log)
                .atMost(SOON)
                .failFast("Jaeger ended", () -> !jaeger.isAlive())
                .ignoreExceptions()
                .until(() -> get(query, "/api/services").has("data"));
        return jaeger;
    }

    /** The trace; empty until its first span is there. */
    private static JsonNode trace(int query) throws IOException, InterruptedException {
        return get(query, "/api/traces/" + TRACE).path("data").path(0);
    }

    private static JsonNode get(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(SOON)
                .build();
        return SpecJson.mapper()
                .readTree(
                        HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    private static List<String> names(JsonNode trace) {
        return trace.path("spans").findValuesAsText("operationName");
    }

    private static JsonNode span(JsonNode trace, String name) {
        return find(trace, "operationName", name)
                .orElseThrow(() -> new AssertionError("no %s in %s".formatted(name, names(trace))));
    }

    private static Optional<JsonNode> find(JsonNode trace, String field, String value) {
        for (JsonNode span : trace.path("spans")) {
            if (span.path(field).asText().equals(value)) {
                return Optional.of(span);
            }
        }
        return Optional.empty();
    }

    /** The names of the spans above a span; only the id of its parent if Septet did not record that one. */
    private static List<String> parents(JsonNode trace, JsonNode below) {
        List<String> above = new ArrayList<>();
        Optional<JsonNode> at = find(trace, "spanID", parent(below));
        if (at.isEmpty()) {
            return List.of(parent(below));
        }
        while (at.isPresent()) {
            above.add(at.get().path("operationName").asText());
            at = find(trace, "spanID", parent(at.get()));
        }
        return above;
    }

    private static String parent(JsonNode span) {
        return span.path("references").path(0).path("spanID").asText();
    }

    private static String service(JsonNode trace, JsonNode span) {
        return trace.path("processes")
                .path(span.path("processID").asText())
                .path("serviceName")
                .asText();
    }

    private static String tag(JsonNode span, String key) {
        for (JsonNode tag : span.path("tags")) {
            if (tag.path("key").asText().equals(key)) {
                return tag.path("value").asText();
            }
        }
        throw new AssertionError("no %s in %s".formatted(key, span.path("tags")));
    }
}
