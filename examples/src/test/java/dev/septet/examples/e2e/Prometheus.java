package dev.septet.examples.e2e;

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
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** A real Prometheus, which {@code .ci/prometheus} finds or installs, with Septet's alerts. */
final class Prometheus implements AutoCloseable {
    static final Path FILES = Workspace.CHECKOUT.resolve("examples/observability");

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration SOON = Duration.ofMinutes(3);

    private final Process process;
    private final int port;

    private Prometheus(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it and waits until it answers.
     *
     * @param targets a glob of files that name the targets
     */
    static Prometheus start(Path folder, Path targets) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        int port = Trials.freePort();
        Path config = Files.writeString(
                folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 2s, evaluation_interval: 2s}
                rule_files: ['%s']
                scrape_configs:
                  - job_name: septet
                    file_sd_configs: [{files: ['%s'], refresh_interval: 1s}]
                """.formatted(FILES.resolve("alerts.yml"), targets));
        Path log = folder.resolve("prometheus.txt");
        Process process = new ProcessBuilder(
                        program(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Prometheus started = new Prometheus(process, port);
        await("Prometheus; see " + log)
                .atMost(SOON)
                .failFast(() -> !process.isAlive())
                .ignoreExceptions()
                .until(() -> started.get("/-/ready").statusCode() == 200);
        return started;
    }

    /** The path of the program. */
    static String program() throws IOException, InterruptedException {
        return Shell.installed(300, "prometheus").get(0);
    }

    /** The path of promtool, which is beside the program. */
    static String promtool() throws IOException, InterruptedException {
        return Path.of(program()).resolveSibling("promtool").toString();
    }

    /** The result of a query: the series, each with its value. */
    JsonNode query(String expression) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        JsonNode body = SpecJson.mapper().readTree(answer.body());
        if (!body.path("status").asText().equals("success")) {
            throw new AssertionError(expression + ": " + body.path("error").asText());
        }
        return body.at("/data/result");
    }

    /** Waits until a condition has a series. */
    void awaitTrue(String condition) {
        await(condition)
                .atMost(SOON)
                .ignoreExceptions()
                .until(() -> !query(condition).isEmpty());
    }

    /** The names of all series that were scraped. */
    Set<String> names() throws IOException, InterruptedException {
        Set<String> names = new TreeSet<>();
        SpecJson.mapper()
                .readTree(get("/api/v1/label/__name__/values").body())
                .path("data")
                .forEach(name -> names.add(name.asText()));
        return names;
    }

    /** Names and problems of the alert rules that cannot be evaluated. */
    List<String> brokenRules() throws IOException, InterruptedException {
        return SpecJson.mapper().readTree(get("/api/v1/rules").body()).at("/data/groups").findParents("health").stream()
                .filter(rule -> rule.path("health").asText().equals("err"))
                .map(rule -> rule.path("name").asText() + ": "
                        + rule.path("lastError").asText())
                .toList();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(String.format(Locale.ROOT, "http://127.0.0.1:%d%s", port, path)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
