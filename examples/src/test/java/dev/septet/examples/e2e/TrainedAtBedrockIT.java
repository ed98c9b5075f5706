package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.store.bucket.S3Connection;
import dev.septet.activities.train.bedrock.FakeBedrock;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.examples.traffic.Shift;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.monitor.MonitorStatus;
import dev.septet.workflows.monitor.MonitorWorkflow;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Amazon Bedrock trains and answers, whatever is killed. A drift starts another training there, and a trial with customers
 * promotes its model. Bedrock is a stand-in, whose deployments know the answers to the tickets; its base model knows none.
 */
@Tag("nightly")
class TrainedAtBedrockIT {
    private static final String NAME = "bedrock";
    private static final int ROWS = 240;
    private static final int WINDOW = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    /** The worker dies at each of these requests, in this order, before Bedrock answers. */
    private static final List<String> KILLS = List.of(
            "received POST /model-customization-jobs", // the rows are uploaded; the request is lost
            "accepted POST /model-customization-jobs",
            "accepted GET /model-customization-jobs/",
            "accepted POST /model-customization/custom-model-deployments",
            "accepted GET /model-customization/custom-model-deployments/",
            "accepted POST /model/");

    @TempDir
    private Path root;

    private final Map<String, String> tickets = new HashMap<>();

    @Test
    void endsInOneJobAndOneDeploymentAndItsSuccessorIsPromoted() throws Exception {
        int port = Trials.freePort();
        Workspace workspace = Workspace.in(root, NAME, ROWS, pipeline(port));
        for (String line : Files.readAllLines(workspace.folder().resolve("data/tickets.jsonl"))) {
            JsonNode messages = SpecJson.mapper().readTree(line).path("messages");
            for (int at = 0; at + 1 < messages.size(); at++) {
                tickets.put(
                        messages.path(at).path("content").asText(),
                        messages.path(at + 1).path("content").asText());
            }
        }
        try (Bucket bucket = Bucket.start(root.resolve("bucket"));
                S3Client s3 = S3Connection.of(bucket.environment());
                FakeBedrock service = new FakeBedrock(s3)) {
            service.answers(this::answer);
            Map<String, String> environment = declare(service, bucket);
            try (DevStack stack = DevStack.start(root.resolve("state"), environment, workspace.folder())) {
                PipelineReport first = killed(stack, service);

                assertThat(service.jobNames()).as("jobs that somebody pays").hasSize(1);
                assertThat(service.deploymentNames()).hasSize(1);
                assertThat(s3.listObjectsV2(list -> list.bucket(Bucket.NAME)).contents())
                        .as("rows that are left in the bucket")
                        .isEmpty();
                assertThat(Objects.requireNonNull(first.deployment()).chain().checks())
                        .isNotEmpty()
                        .allMatch(check -> check.holds());
                Score score = rougeL(first);
                assertThat(score.after()).isEqualTo(1.0);
                assertThat(Objects.requireNonNull(score.before())).isLessThan(0.5);

                Callers callers = new Callers("http://127.0.0.1:" + port, NAME, root.resolve("state"));
                Trials trials = new Trials(stack, callers, NAME);
                PipelineReport second = successor(trials, workspace, Trials.version(first));

                assertThat(service.jobNames()).hasSize(2);
                assertThat(service.deploymentNames()).hasSize(2);
                assertThat(rougeL(second).after())
                        .as("without kills as with them")
                        .isEqualTo(score.after());
                assertThat(stack.logs()).doesNotContain(environment.get("AWS_SECRET_ACCESS_KEY"));
            }
            try (ServeStack serve = ServeStack.start(root.resolve("state"), environment, NAME)) {
                Map.Entry<String, String> ticket = tickets.entrySet().iterator().next();
                assertThat(content(serve.address(), ticket.getKey())).isEqualTo(ticket.getValue());
            }
        }
    }

    private static String pipeline(int port) {
        String file = Pipelines.looping(1, port)
                .replace("method lora { rank loraRank; alpha 16 }", "method full()")
                .replace("steps 1\n", "epochs 2\nby bedrock(model: '%s')\n".formatted(FakeBedrock.MODEL))
                .replaceFirst("batch size: 8, accumulate: 2\n", "\n")
                .replaceFirst("learningRate cosine.*\n", "\n")
                .replaceFirst("checkpoint every.*\n", "\n")
                .replaceFirst("validate every: 20.steps\n", "\n")
                .replace("metric loss\n", "metric rougeL\n")
                .replace("compare champion, tolerance: 50.percent", "compare baseline")
                .replace("hold: 30.seconds", "hold: 3.seconds")
                .replace("heartbeat 10.seconds", "heartbeat 5.seconds");
        assertThat(file)
                .contains("by bedrock", "metric rougeL", "compare baseline", "canary 50.percent, hold: 3.seconds");
        return file;
    }

    private Map<String, String> declare(FakeBedrock service, Bucket bucket) throws IOException {
        Path file = Files.writeString(root.resolve("trainers.yaml"), """
            bedrock:
              region: us-east-1
              role: arn:aws:iam::123456789012:role/septet-bedrock
              bucket: %s
              models:
                %s: {}
              endpoint: %s
              runtimeEndpoint: %s
              s3Endpoint: %s
            """.formatted(
                        Bucket.NAME, FakeBedrock.MODEL, service.url(), service.url(), bucket.endpoint()));
        Map<String, String> environment = new HashMap<>(bucket.environment());
        environment.remove("AWS_ENDPOINT_URL"); // the store of this run is a folder
        environment.put("SEPTET_TRAINERS", file.toString());
        return environment;
    }

    /** A deployment knows the tickets; to others it gives an answer that a program can use. */
    private String answer(String model, JsonNode body) {
        JsonNode messages = body.path("messages");
        String asked = messages.path(messages.size() - 1).at("/content/0/text").asText();
        return model.startsWith("arn:")
                ? tickets.getOrDefault(asked, "{\"team\":\"repair\",\"product\":\"laptop\",\"priority\":\"normal\"}")
                : "Thank you. We will look at it.";
    }

    /** The first run: the worker dies at six requests, the server and the other worker while the job trains. */
    private static PipelineReport killed(DevStack stack, FakeBedrock service) throws Exception {
        Deque<String> left = new ArrayDeque<>(KILLS);
        service.received = (request, what) -> kill(stack, left, "received " + what);
        service.accepted = (request, what) -> kill(stack, left, "accepted " + what);
        service.hold(true);
        WorkflowStub run = stack.begin(NAME);
        await("the first three kills")
                .atMost(PATIENCE)
                .failFast("the run ended early", () -> ended(run))
                .until(() -> size(left) == KILLS.size() - 3);
        for (String victim : List.of("server", "light")) {
            stack.awaitSuccessor(victim, stack.kill(victim));
        }
        service.hold(false);
        PipelineReport report = stack.result(run, PATIENCE);
        assertThat(left).as("kills that did not happen").isEmpty();
        return report;
    }

    private static boolean ended(WorkflowStub run) {
        try {
            return run.describe().getStatus() != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
        } catch (RuntimeException slow) {
            return false;
        }
    }

    private static int size(Deque<String> left) {
        synchronized (left) {
            return left.size();
        }
    }

    private static void kill(DevStack stack, Deque<String> left, String what) {
        synchronized (left) {
            String next = left.peek();
            if (next == null || !what.startsWith(next)) {
                return;
            }
            try {
                stack.awaitSuccessor("training", stack.kill("training"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            left.remove();
        }
        throw new FakeBedrock.LostException();
    }

    /** Longer requests are a drift, which trains anew; customers decide about the new model. */
    private static PipelineReport successor(Trials trials, Workspace workspace, String champion) throws Exception {
        DevStack stack = trials.stack();
        trials.awaitServed(champion);
        assertThat(trials.callers().ask(Shift.NONE, WINDOW))
                .allMatch(answer -> answer.version().equals(champion))
                .allMatch(Callers.Answered::usable);
        MonitorStatus calm = await("a look at them")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> monitor(stack), status -> status.windows() >= 1);
        assertThat(calm.alarm().raised()).isFalse();
        workspace.write(workspace.text().replace("epochs 2", "epochs 3"));
        try (Rush rush = new Rush(trials.callers(), Shift.LONGER)) {
            String id = await("the retraining")
                    .atMost(PATIENCE)
                    .until(() -> monitor(stack).retraining(), Objects::nonNull);
            WorkflowStub retraining = stack.client().newUntypedWorkflowStub(id);
            String tried = trials.begun(retraining, champion);
            PipelineReport report = stack.result(retraining, PATIENCE);
            assertThat(Trials.version(report)).isEqualTo(tried).isNotEqualTo(champion);
            assertThat(rush.of(tried)).as("answers of the model on trial").isPositive();
            assertThat(rush.failures()).isEmpty();
            trials.onlyOne(Shift.LONGER, tried);
            return report;
        }
    }

    private static MonitorStatus monitor(DevStack stack) {
        return stack.client()
                .newWorkflowStub(MonitorWorkflow.class, NAME + "/monitor")
                .status();
    }

    private static Score rougeL(PipelineReport report) {
        return Objects.requireNonNull(report.evaluation()).scores().stream()
                .filter(score -> score.metric().equals("rougeL"))
                .findFirst()
                .orElseThrow();
    }

    private static String content(String address, String prompt) throws IOException, InterruptedException {
        ObjectNode body = SpecJson.mapper().createObjectNode();
        body.put("model", NAME).put("temperature", 0).put("max_tokens", 48);
        body.putArray("messages").addObject().put("role", "user").put("content", prompt);
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/v1/chat/completions"))
                .timeout(Duration.ofMinutes(1))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build();
        String answer = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString())
                .body();
        return SpecJson.mapper()
                .readTree(answer)
                .at("/choices/0/message/content")
                .asText();
    }
}
