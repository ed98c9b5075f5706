package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.DeploymentRef;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline's {@code http} target answers as long as {@code ./septet dev} runs. */
@Tag("long")
class ServeIT {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void publishedModelsAreServedKeptUpAndReplaced(@TempDir Path root) throws Exception {
        int port = Trials.freePort();
        Workspace workspace = Workspace.in(root, "served", 120, Pipelines.served(10, port));
        Path state = root.resolve("state");
        String address = "http://127.0.0.1:" + port;
        try (DevStack stack = DevStack.start(state, workspace.folder())) {
            PipelineReport first = stack.result(stack.begin("served"), Trials.PATIENCE);
            DeploymentRef deployed = Objects.requireNonNull(first.deployment());
            assertThat(deployed.published()).contains(new DeploymentRef.Published("http", address));
            String version = deployed.artifact().sha256().substring(0, 12);
            await("the server").atMost(LIMIT).until(() -> answeredBy(address).equals(version));

            JsonNode said = OpenAiClient.ask(address, "unused", "served", OpenAiIT.prompt());
            OpenAiIT.check(said, stack.files(deployed.artifact()).resolve("model"), "served");
            assertThat(said.at("/chat/fingerprint").asText()).isEqualTo(version);

            String id = said.at("/chat/id").asText();
            HttpResponse<String> thanks = post(
                    address + "/v1/feedback",
                    "{\"id\": \"%s\", \"rating\": \"down\", \"correction\": \"Soon.\"}".formatted(id));
            assertThat(thanks.statusCode()).as(thanks.body()).isEqualTo(200);

            long killed = stack.kill("serve-" + port);
            stack.awaitSuccessor("serve-" + port, killed);
            await("the server again")
                    .atMost(LIMIT)
                    .until(() -> answeredBy(address).equals(version));

            workspace.write(workspace.text().replace("seed 11", "seed 12"));
            PipelineReport second = stack.result(stack.begin("second", "served"), Trials.PATIENCE);
            String next = Objects.requireNonNull(second.deployment())
                    .artifact()
                    .sha256()
                    .substring(0, 12);
            assertThat(next).isNotEqualTo(version);
            await("the next version")
                    .atMost(LIMIT)
                    .until(() -> answeredBy(address).equals(next));

            Shell.Said back = septet(state, "rollback", "served");
            assertThat(back.status()).as(back.all()).isZero();
            await("the version before")
                    .atMost(LIMIT)
                    .until(() -> answeredBy(address).equals(version));

            checkLog(state, id);
            checkProof(state, stack.files(deployed.artifact()), address);
        }
    }

    /**
     * {@code septet verify} of the pipeline, of its server, of the base model, of a damaged file.
     */
    private static void checkProof(Path state, Path published, String address) throws Exception {
        Shell.Said files = septet(state, "verify", "served");
        assertThat(files.status()).as(files.all()).isZero();
        assertThat(files.all()).contains("files match the published version").contains("endpoint");

        String[] endpoint = {"verify", "served", "--exact", "--endpoint", address};
        Shell.Said answers = septet(state, endpoint);
        assertThat(answers.status()).as(answers.all()).isZero();
        assertThat(answers.all()).contains("proved");

        Shell.Said other = septet(state, "verify", "served", "--endpoint", address, "--model", "served:base");
        assertThat(other.status()).as(other.all()).isEqualTo(1);
        assertThat(other.all()).contains("link 'endpoint' of the chain is broken");

        Path damaged = published.resolve("results.json");
        assertThat(damaged.toFile().setWritable(true)).isTrue();
        Files.writeString(damaged, "{}");
        for (String[] asked : List.of(new String[] {"verify", "served"}, endpoint)) {
            Shell.Said found = septet(state, asked);
            assertThat(found.status()).as(found.all()).isEqualTo(1);
            assertThat(found.all())
                    .contains("results.json: has 2 bytes")
                    .contains("Run the pipeline again")
                    .doesNotContain("unexpected error");
        }
    }

    private static Shell.Said septet(Path state, String... arguments) throws Exception {
        return Shell.septet(state, DevStack.environment(state), 300, arguments);
    }

    private static void checkLog(Path state, String id) throws IOException {
        AuditLogs logs = new AuditLogs(state.resolve("audit"), AtRestEncryption.none());
        assertThat(logs.verifier(logs.folder("served")).verify().broken()).isNull();
        List<AuditRecord> records = logs.reader("served").read(0, 1000).records();
        assertThat(records)
                .extracting(AuditRecord::event)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                AnswerEvent.class,
                                answer -> assertThat(answer.id()).isEqualTo(id)))
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                FeedbackEvent.class,
                                feedback -> assertThat(feedback.of()).isEqualTo(id)));
    }

    /** The version that answers now; empty when none does. */
    private String answeredBy(String address) throws InterruptedException {
        try {
            HttpResponse<String> answer = post(
                    address + "/v1/chat/completions",
                    "{\"model\": \"served\", \"max_tokens\": 1, \"messages\": [{\"role\":"
                            + " \"user\", \"content\": \"hi\"}]}");
            return SpecJson.mapper()
                    .readTree(answer.body())
                    .path("system_fingerprint")
                    .asText("");
        } catch (IOException notYet) {
            return "";
        }
    }

    private HttpResponse<String> post(String uri, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(uri))
                        .header("Content-Type", "application/json")
                        .timeout(Duration.ofMinutes(1))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
