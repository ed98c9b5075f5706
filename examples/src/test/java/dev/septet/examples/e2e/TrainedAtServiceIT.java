package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.septet.activities.train.hosted.FakeFineTuning;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.artifact.Score;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service trains, and answers for the model: one job, whatever is killed, and a server of Septet's in front of it. The
 * service is a stand-in; its answers are those of a model that Septet trained before on the same rows.
 */
@Tag("nightly")
class TrainedAtServiceIT {
    private static final int STEPS = 60;
    private static final int ROWS = 240;
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    @TempDir
    private Path root;

    @Test
    void endsInOneJobAndOneServedModel() throws Exception {
        int behind = Trials.freePort();
        int port = Trials.freePort();
        String scored = Pipelines.served(STEPS, behind).replace("metric exactMatch", "metric rougeL");
        Workspace teacher = Workspace.in(root, "teacher", ROWS, scored);
        Workspace hosted = Workspace.in(
                root,
                "hosted",
                ROWS,
                scored.replace("port " + behind, "port " + port)
                        .replace("method lora { rank loraRank; alpha 16 }", "method full()")
                        .replace(
                                "steps " + STEPS,
                                "epochs 2\nby openai(endpoint: 'service', model: '%s')".formatted(FakeFineTuning.MODEL))
                        .replaceFirst("batch size: 8, accumulate: 2\n", "\n")
                        .replaceFirst("learningRate cosine.*\n", "\n")
                        .replaceFirst("checkpoint every.*\n", "\n")
                        .replaceFirst("validate every: 20.steps\n", "\n")
                        .replace("metric loss\n", "compare baseline\n"));
        try (FakeFineTuning jobs = new FakeFineTuning();
                StandIn service = new StandIn(jobs, "http://127.0.0.1:" + behind)) {
            Path file = root.resolve("trainers.yaml");
            Files.writeString(file, """
                endpoints:
                  service:
                    url: %s
                    key: SERVICE_KEY
                    models: [%s]
                """.formatted(service.url(), FakeFineTuning.MODEL));
            try (DevStack stack = DevStack.start(
                    root.resolve("state"),
                    Map.of("SEPTET_TRAINERS", file.toString(), "SERVICE_KEY", FakeFineTuning.KEY),
                    teacher.folder(),
                    hosted.folder())) {
                PipelineReport taught = stack.result(stack.begin("teacher"), PATIENCE);
                assertThat(taught.deployment()).isNotNull();

                jobs.hold(true);
                WorkflowStub run = stack.begin("hosted");
                await("the job").atMost(PATIENCE).until(() -> !jobs.jobIds().isEmpty());
                for (String victim : List.of("training", "server", "light", "training")) {
                    stack.awaitSuccessor(victim, stack.kill(victim));
                }
                jobs.hold(false);
                await("the evaluation")
                        .atMost(PATIENCE)
                        .ignoreExceptions()
                        .until(() -> stack.status("hosted").stages().get(4).state() == StageStatus.State.RUNNING);
                stack.awaitSuccessor("training", stack.kill("training"));
                PipelineReport report = stack.result(run, PATIENCE);

                assertThat(jobs.jobIds()).as("jobs that somebody pays").hasSize(1);
                assertThat(jobs.files()).as("rows that are left at the service").isEmpty();
                assertThat(Objects.requireNonNull(report.deployment()).chain().checks())
                        .isNotEmpty()
                        .allMatch(check -> check.holds());
                Score score = rougeL(report);
                assertThat(score.after()).isGreaterThan(Objects.requireNonNull(score.before()));
                assertThat(score.after())
                        .as("through the service as by the engine")
                        .isEqualTo(rougeL(taught).after());
                String prompt = OpenAiIT.prompt();
                String address = "http://127.0.0.1:" + port;
                await("the server")
                        .atMost(PATIENCE)
                        .ignoreExceptions()
                        .until(() -> service.ask(address, "hosted", prompt)
                                .path("choices")
                                .has(0));
                assertThat(content(service.ask(address, "hosted", prompt)))
                        .isEqualTo(content(service.ask("http://127.0.0.1:" + behind, "teacher", prompt)))
                        .isNotBlank();
                assertThat(stack.logs()).doesNotContain(FakeFineTuning.KEY);
            }
        }
    }

    private static Score rougeL(PipelineReport report) {
        return Objects.requireNonNull(report.evaluation()).scores().stream()
                .filter(score -> score.metric().equals("rougeL"))
                .findFirst()
                .orElseThrow();
    }

    private static String content(JsonNode answer) {
        return answer.at("/choices/0/message/content").asText();
    }

    /** One address for the jobs of a stand-in, and for answers of Septet's server behind it. */
    private static final class StandIn implements AutoCloseable {
        private final FakeFineTuning jobs;
        private final String behind;
        private final HttpServer server;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final HttpClient http = HttpClient.newHttpClient();

        StandIn(FakeFineTuning jobs, String behind) throws IOException {
            this.jobs = jobs;
            this.behind = behind;
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            server.createContext("/v1/chat/completions", this::answer);
            server.createContext("/", this::pass);
            server.start();
        }

        String url() {
            return String.format(
                    Locale.ROOT, "http://127.0.0.1:%d/v1", server.getAddress().getPort());
        }

        /** A greedy answer of a server with OpenAI's API. */
        JsonNode ask(String address, String model, String prompt) throws IOException {
            ObjectNode body = SpecJson.mapper().createObjectNode();
            body.put("model", model).put("temperature", 0).put("max_tokens", 48);
            body.putArray("messages").addObject().put("role", "user").put("content", prompt);
            return SpecJson.mapper().readTree(chat(address, body).body());
        }

        /** The service knows its models by other names. */
        private void answer(HttpExchange exchange) throws IOException {
            try (exchange) {
                ObjectNode body = (ObjectNode) SpecJson.mapper().readTree(exchange.getRequestBody());
                String asked = body.path("model").asText();
                boolean key = ("Bearer " + FakeFineTuning.KEY)
                        .equals(exchange.getRequestHeaders().getFirst("Authorization"));
                if (!key || !asked.matches("(ft:)?" + FakeFineTuning.MODEL + ".*")) {
                    send(exchange, 404, "{\"error\": {\"message\": \"no such model\", \"code\": \"model_not_found\"}}");
                    return;
                }
                body.put("model", asked.startsWith("ft:") ? "teacher" : "teacher:base");
                HttpResponse<String> answer = chat(behind, body);
                send(exchange, answer.statusCode(), answer.body().replaceAll("\"teacher(:base)?\"", '"' + asked + '"'));
            }
        }

        private HttpResponse<String> chat(String address, ObjectNode body) throws IOException {
            return send(HttpRequest.newBuilder(URI.create(address + "/v1/chat/completions"))
                    .timeout(Duration.ofMinutes(2))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body.toString()))
                    .build());
        }

        private void pass(HttpExchange exchange) throws IOException {
            try (exchange) {
                HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
                                jobs.url() + exchange.getRequestURI().toString().replaceFirst("^/v1", "")))
                        .method(
                                exchange.getRequestMethod(),
                                BodyPublishers.ofByteArray(
                                        exchange.getRequestBody().readAllBytes()));
                for (String header : List.of("Authorization", "Content-Type")) {
                    String value = exchange.getRequestHeaders().getFirst(header);
                    if (value != null) {
                        request.header(header, value);
                    }
                }
                HttpResponse<String> answer = send(request.build());
                send(exchange, answer.statusCode(), answer.body());
            }
        }

        private HttpResponse<String> send(HttpRequest request) throws IOException {
            try {
                return http.send(request, BodyHandlers.ofString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        private static void send(HttpExchange exchange, int status, String body) throws IOException {
            byte[] bytes = body.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
