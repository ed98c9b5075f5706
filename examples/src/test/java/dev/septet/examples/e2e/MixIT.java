package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.DatasetRef;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code examples/mix}: three sources, and rows that a service writes. A worker is killed while the service answers. The
 * dataset has the same bytes as without a kill, and no answer that arrived is requested again.
 */
@Tag("nightly")
class MixIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int CONCURRENCY = 4;

    @TempDir
    private Path root;

    @Test
    void aKilledWorkerPaysNoAnswerTwice() throws Exception {
        Path example = root.resolve("examples/mix");
        Workspace.example(Workspace.CHECKOUT.resolve("examples/mix"), example);
        Path pipeline = example.resolve("pipeline.groovy");
        Files.writeString(
                pipeline,
                Files.readString(pipeline)
                        .replace("steps 60", "steps 6")
                        .replace("warmup: 6.steps", "warmup: 2.steps")
                        .replace("maxNewTokens 32", "maxNewTokens 4\nlimit 8")
                        // Six steps teach too little for a comparison with the untrained model.
                        .replace("metric rougeL\n", "")
                        .replace("compare baseline\n", "")
                        .replace("keep 'topic'", """
                            keep 'topic'
                            heartbeat 10.seconds
                            retry attempts: 10, backoff: 1.seconds, factor: 1.0\
                            """));
        Workspace.copy(
                Workspace.CHECKOUT.resolve("examples/quickstart/base-model"),
                Files.createDirectories(root.resolve("examples/quickstart")).resolve("base-model"));
        try (Paraphraser service = new Paraphraser()) {
            Path operator = root.resolve("operator.yaml");
            Files.writeString(
                    operator,
                    Files.readString(example.resolve("operator.yaml"))
                            .replace("127.0.0.1:8089", "127.0.0.1:" + service.port()));
            Map<String, String> environment =
                    Map.of("SEPTET_TRAINERS", operator.toString(), "SEPTET_DATA", root.toString());

            List<String> disturbed;
            try (DevStack stack = DevStack.start(root.resolve("killed"), environment, example)) {
                WorkflowStub run = stack.begin("mix");
                await("answers").atMost(PATIENCE).until(() -> service.answered() >= 20);
                stack.awaitSuccessor("light", stack.kill("light"));
                PipelineReport report = stack.result(run, PATIENCE);
                disturbed = FolderDigests.of(stack.files(dataset(report).artifact()));
                assertThat(report.evaluation()).isNotNull();
                assertThat(Files.readString(
                                stack.files(dataset(report).artifact()).resolve("card.json")))
                        .contains("\"paraphrase\"", "\"typos\"", "\"counterfactual\"", "\"template\"");
                assertThat(stack.logs()).doesNotContain("Write the text below");
            }
            List<String> asked = new ArrayList<>(service.bodies());
            assertThat(new HashSet<>(asked)).hasSizeGreaterThan(40);
            assertThat(asked.size() - new HashSet<>(asked).size())
                    .as("requests that were under way when the worker was killed")
                    .isLessThanOrEqualTo(CONCURRENCY);
            assertThat(service.answeredTwice())
                    .as("answers that arrived and were requested again")
                    .isLessThanOrEqualTo(CONCURRENCY);

            service.forget();
            try (DevStack stack = DevStack.start(root.resolve("calm"), environment, example)) {
                PipelineReport report = stack.result(stack.begin("mix"), PATIENCE);
                assertThat(FolderDigests.of(stack.files(dataset(report).artifact())))
                        .isEqualTo(disturbed);
            }
            assertThat(service.bodies()).doesNotHaveDuplicates().hasSameElementsAs(new HashSet<>(asked));
        }
    }

    private static DatasetRef dataset(PipelineReport report) {
        return Objects.requireNonNull(report.dataset());
    }

    /** Answers each question with its words in the opposite order, after a while. */
    private static final class Paraphraser implements AutoCloseable {
        private final HttpServer server;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final List<String> bodies = new CopyOnWriteArrayList<>();
        private final List<String> answered = new CopyOnWriteArrayList<>();

        Paraphraser() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            server.createContext("/v1/chat/completions", this::answer);
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        List<String> bodies() {
            return bodies;
        }

        int answered() {
            return answered.size();
        }

        int answeredTwice() {
            return answered.size() - new HashSet<>(answered).size();
        }

        void forget() {
            bodies.clear();
            answered.clear();
        }

        private void answer(HttpExchange exchange) throws IOException {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            bodies.add(body);
            JsonNode request = SpecJson.mapper().readTree(body);
            String prompt = request.path("messages").path(0).path("content").asText();
            String text = prompt.substring(prompt.indexOf("Text:\n") + 6).replaceAll("[.?!]", "");
            List<String> words = new ArrayList<>(List.of(text.split(" ")));
            Collections.reverse(words);
            LockSupport.parkNanos(Duration.ofMillis(120).toNanos());
            ObjectNode json = SpecJson.mapper().createObjectNode().put("model", "teacher");
            ObjectNode choice = json.putArray("choices").addObject();
            choice.putObject("message").put("role", "assistant").put("content", String.join(" ", words));
            choice.put("finish_reason", "stop");
            json.putObject("usage").put("prompt_tokens", 60).put("completion_tokens", 20);
            byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
            answered.add(body);
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
