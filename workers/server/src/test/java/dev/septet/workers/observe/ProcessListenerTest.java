package dev.septet.workers.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.settings.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process shows to programs that watch it, and to whom. */
class ProcessListenerTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String TOKEN = "0123456789abcdef";

    @TempDir
    private Path state;

    private volatile @Nullable String problem;

    private Optional<ProcessListener> start(String process, Map<String, String> environment) throws IOException {
        return ProcessListener.start(
                environment,
                state,
                new ProcessListener.Shown(
                        process,
                        "worker",
                        new PrometheusInstruments(),
                        new ReadinessChecks().with("store", () -> problem),
                        () -> problem,
                        Map.of("/more", () -> new MetricsServer.Answer(200, "text/plain", "a page of later\n"))));
    }

    private static Map<String, String> listening(String... more) {
        Map<String, String> environment = new HashMap<>(Map.of("SEPTET_METRICS_ADDRESS", "127.0.0.1:0"));
        if (more.length > 0) {
            environment.put("SEPTET_METRICS_TOKEN", more[0]);
        }
        return environment;
    }

    private static HttpResponse<String> get(ProcessListener at, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + at.target() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void nobodyListensUnlessAnOperatorSaysWhere() throws IOException {
        assertThat(start("light", Map.of())).isEmpty();
        assertThat(start("light", Map.of("SEPTET_METRICS_ADDRESS", "off"))).isEmpty();
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void showsMetricsHealthReadinessAndFurtherPaths() throws Exception {
        try (ProcessListener listener = start("light", listening()).orElseThrow()) {
            HttpResponse<String> metrics = get(listener, "/metrics");
            assertThat(metrics.headers().firstValue("content-type"))
                    .contains("text/plain; version=0.0.4; charset=utf-8");
            assertThat(metrics.body()).contains("jvm_memory_used_bytes");
            assertThat(get(listener, "/health").body()).isEqualTo("{\"healthy\":true}\n");
            assertThat(get(listener, "/ready").body())
                    .isEqualTo("{\"ready\":true,\"parts\":[{\"name\":\"store\",\"ready\":true}]}\n");
            assertThat(get(listener, "/metrics").body()).contains("septet_ready{part=\"store\"} 1.0");
            assertThat(get(listener, "/more").body()).isEqualTo("a page of later\n");
            HttpResponse<String> nothing = get(listener, "/etc/passwd");
            assertThat(nothing.statusCode()).isEqualTo(404);
            assertThat(nothing.body()).contains("/health, /metrics, /more, /ready, /targets");
        }
    }

    @Test
    void saysWhyAProcessIsNotHealthyAndNotReady() throws Exception {
        problem = "the disk is gone";
        try (ProcessListener listener = start("light", listening()).orElseThrow()) {
            HttpResponse<String> health = get(listener, "/health");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body()).isEqualTo("{\"healthy\":false,\"problem\":\"the disk is gone\"}\n");
            HttpResponse<String> ready = get(listener, "/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("\"name\":\"store\",\"ready\":false,\"problem\":\"the disk is gone\"");
        }
    }

    @Test
    void aTokenProtectsAllButProbes() throws Exception {
        try (ProcessListener listener = start("light", listening(TOKEN)).orElseThrow()) {
            assertThat(get(listener, "/metrics").statusCode()).isEqualTo(401);
            assertThat(get(listener, "/targets", "Authorization", "Bearer wrong")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(get(listener, "/metrics", "Authorization", "Bearer " + TOKEN)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(get(listener, "/health").statusCode()).isEqualTo(200);
            assertThat(get(listener, "/ready").statusCode()).isEqualTo(200);
        }
    }

    /** A page of another site whose name resolves to this machine sends its own name. */
    @Test
    void otherSitesPagesReadNothing() throws Exception {
        try (ProcessListener listener = start("light", listening()).orElseThrow()) {
            assertThat(raw(listener, "GET /metrics HTTP/1.1\r\nHost: evil.example\r\n"))
                    .startsWith("HTTP/1.1 421");
            assertThat(raw(listener, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n"))
                    .startsWith("HTTP/1.1 200");
            assertThat(raw(listener, "POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"))
                    .startsWith("HTTP/1.1 405");
            assertThat(raw(listener, "HEAD /ready HTTP/1.1\r\nHost: localhost\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("\r\n\r\n");
            assertThat(raw(listener, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(20_000) + "\r\n"))
                    .startsWith("HTTP/1.1 431");
        }
    }

    private static String raw(ProcessListener at, String head) throws IOException {
        int colon = at.target().lastIndexOf(':');
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), Integer.parseInt(at.target().substring(colon + 1)))) {
            socket.getOutputStream().write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void tellsPrometheusWhereTheProcessesOfAStateFolderAre() throws Exception {
        Path folder = state.resolve("metrics");
        ProcessListener light = start("light", listening()).orElseThrow();
        try (ProcessListener training = start("training", listening()).orElseThrow()) {
            assertThat(get(training, "/targets").body())
                    .isEqualTo(
                            "[{\"targets\":[\"%s\"],\"labels\":{\"septet_process\":\"light\",\"septet_kind\":\"worker\"}},"
                                            .formatted(light.target())
                                    + "{\"targets\":[\"%s\"],\"labels\":{\"septet_process\":\"training\",\"septet_kind\":\"worker\"}}]\n"
                                            .formatted(training.target()));
            assertThat(Files.getPosixFilePermissions(folder.resolve("light.json")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(ScrapeTargets.of(state).target("light")).contains(light.target());

            light.close();
            assertThat(folder).isDirectoryNotContaining("glob:**light.json");
            Path killed = Files.writeString(folder.resolve("killed.json"), "[{\"targets\":[\"127.0.0.1:1\"]}]");
            assertThat(get(training, "/targets").body())
                    .as("a killed process is down")
                    .contains("127.0.0.1:1");
            Files.setLastModifiedTime(killed, FileTime.from(Instant.now().minus(ScrapeTargets.FORGOTTEN)));
            assertThat(get(training, "/targets").body()).doesNotContain("127.0.0.1:1");
            start("light", listening()).orElseThrow().close();
            assertThat(killed).doesNotExist();
        }
    }

    @Test
    void explainsAnAddressThatIsTakenOrWrong() throws IOException {
        try (ProcessListener listener = start("light", listening()).orElseThrow()) {
            assertThatThrownBy(() -> start("training", Map.of("SEPTET_METRICS_ADDRESS", listener.target())))
                    .isInstanceOf(ListenProblem.class)
                    .hasMessageStartingWith("cannot listen on " + listener.target() + " for metrics: ")
                    .hasMessageEndingWith(
                            "Set SEPTET_METRICS_ADDRESS to another address; with port 0, any free port is used.");
        }
        for (String wrong :
                new String[] {"9464", ":9464", "127.0.0.1", "127.0.0.1:99999", "http://localhost:1", "a b:1"}) {
            assertThatThrownBy(() -> MetricsAddress.of(Map.of("SEPTET_METRICS_ADDRESS", wrong)))
                    .hasMessage(
                            "SEPTET_METRICS_ADDRESS is an address and a port such as 127.0.0.1:9464, or off, got '%s'"
                                    .formatted(wrong));
        }
        assertThatThrownBy(() -> Setting.METRICS_TOKEN.text(Map.of("SEPTET_METRICS_TOKEN", "short")))
                .hasMessageEndingWith("got '(not shown)'");
        assertThat(MetricsAddress.of(Map.of("SEPTET_METRICS_ADDRESS", "[::1]:9464")))
                .contains(new MetricsAddress("::1", 9464))
                .map(MetricsAddress::toString)
                .contains("[::1]:9464");
        assertThat(new MetricsAddress("0.0.0.0", 9464).reachable()).isEqualTo(new MetricsAddress("127.0.0.1", 9464));
        assertThat(new MetricsAddress("0.0.0.0", 9464).loopback()).isFalse();
    }
}
