package dev.septet.activities.train.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.septet.activities.endpoint.EndpointClient;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.train.LedgerLine;
import dev.septet.activities.train.TrainingLedger;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of a service are checked before anything is made of them. */
class HostileServiceTest {
    private static final String JOB = """
        {"id":"ftjob-1","status":"succeeded","fine_tuned_model":"ft:m","result_files":["file-1"]}
        """;

    @ParameterizedTest
    @ValueSource(strings = {"", "../../admin", "a/b", "a?b=c", "a b", "a\nb", "a%2e"})
    void anIdThatIsNoPlainNameIsNone(String id) {
        ObjectNode json = SpecJson.mapper().createObjectNode().put("id", id);

        assertThat(ServiceJob.of(json)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "a\u001b[31m", "../m"})
    void aModelsNameThatIsNoPlainNameIsNone(String name) {
        ObjectNode json = SpecJson.mapper().createObjectNode().put("fine_tuned_model", name);

        assertThat(new ServiceJob("ftjob-1", json).model()).isEmpty();
    }

    @Test
    void aReasonLosesSecretsAndTextsOfRows() throws IOException {
        ServiceJob job = new ServiceJob("ftjob-1", SpecJson.mapper().readTree("""
            {"error":{"code":"invalid_training_file","message":"Line 3: 'my name is Jane Doe and I live in' has no \
            answer\\u001b, key=abcdefghijkl"}}
            """));

        assertThat(job.reason()).isEqualTo("invalid_training_file: Line 3: [text] has no answer<U+001B>, [SECRET]");
        assertThat(job.refusesRows()).isTrue();
    }

    @Test
    void theNoteHasOnlyKnownFields() throws IOException {
        ServiceJob job = new ServiceJob("ftjob-1", SpecJson.mapper().readTree("""
            {"trained_tokens":-5,"method":{"type":"supervised","supervised":{"hyperparameters":
            {"n_epochs":{"a":1},"batch_size":"auto","beta":"%s","more":1}}}}
            """.formatted("x".repeat(100))));

        assertThat(SpecJson.mapper().readTree(job.note(endpoint(1), "m")).path("hyperparameters"))
                .isEqualTo(SpecJson.mapper().readTree("{\"batch_size\":\"auto\"}"));
        assertThat(job.trainedTokens()).isZero();
    }

    @Test
    void strangeMetricsAreLeftOut() throws IOException {
        String csv = """
            step,train_loss,valid_loss
            1,2.5,-1.0
            x,1,1
            3,NaN,1.5
            4
            5,1.0,Infinity,9,9
            0,7,7
            99999999999,7,7
            5.5,7,7
            """;
        try (Scripted service = new Scripted(Map.of("/v1/files/file-1/content", csv))) {
            TrainingLedger ledger = service.metrics(JOB).ledger();

            assertThat(ledger.lines()).hasSize(5);
            assertThat(ledger.lines()).extracting(LedgerLine::loss).containsExactly(2.5, null, null, null, 1.0);
            assertThat(ledger.lines())
                    .extracting(LedgerLine::validationLoss)
                    .containsExactly(null, null, 1.5, null, null);
        }
    }

    @Test
    void withoutMetricsTheLedgerIsEmpty() throws IOException {
        try (Scripted service = new Scripted(
                Map.of("/v1/files/file-1/content", "<html>", "/v1/fine_tuning/jobs/ftjob-1/events", "{\"data\":7}"))) {
            assertThat(service.metrics(JOB).ledger().lines()).isEmpty();
        }
    }

    @Test
    void aListThatNeverEndsIsRead() throws IOException {
        String page = "{\"data\":[{\"id\":\"ftjob-1\",\"training_file\":\"file-9\",\"created_at\":99999999999}],"
                + "\"has_more\":true}";
        try (Scripted service = new Scripted(Map.of("/v1/fine_tuning/jobs", page))) {
            JobRecord record = new JobRecord("file-1", null, 1L, null, List.of(), 1, null, null);

            assertThat(new ServiceJobs(service.client()).of(record))
                    .isEqualTo(new ServiceJobs.Listed(List.of(), false));
            assertThat(service.requests).as("the second page repeats the first").hasSize(2);
        }
    }

    @Test
    void filesOfAListThatEndsEarlyDoNotCountAsDeleted() throws IOException {
        String page = "{\"data\":[{\"id\":\"file-1\",\"filename\":\"septet-run-0-train.jsonl\"}],\"has_more\":%s}";
        String deleted = "{\"deleted\":true}";
        try (Scripted service = new Scripted(Map.of("/v1/files", page.formatted(true), "/v1/files/file-1", deleted))) {
            assertThatThrownBy(() -> new ServiceFiles(service.client(), "septet-run").delete())
                    .hasMessage("endpoint test does not list all of its files, so rows of this run may still be there");
            assertThat(service.requests).as("what is known is deleted").contains("/v1/files/file-1");
        }
        try (Scripted service = new Scripted(Map.of("/v1/files", page.formatted(false), "/v1/files/file-1", deleted))) {
            new ServiceFiles(service.client(), "septet-run").delete();
            assertThat(service.requests).hasSize(2);
        }
    }

    @Test
    void aRecordOfAnEarlierReleaseIsRead() throws IOException {
        assertThat(SpecJson.mapper().readValue("""
            {"trainingFile":"file-1","createdAt":1,"job":"ftjob-3","over":["ftjob-2"]}
            """, JobRecord.class))
                .isEqualTo(new JobRecord("file-1", null, 1L, "ftjob-3", List.of("ftjob-2"), null, null, null));
    }

    @Test
    void aListWithTheOldestJobFirstIsReadToItsEnd() throws IOException {
        String page = "{\"data\":[{\"id\":\"ftjob-0\",\"training_file\":\"file-0\",\"created_at\":1},"
                + "{\"id\":\"ftjob-1\",\"training_file\":\"file-1\",\"created_at\":2}]}";
        try (Scripted service = new Scripted(Map.of("/v1/fine_tuning/jobs", page))) {
            JobRecord record = new JobRecord("file-1", null, 200_000_000_000L, null, List.of(), 1, null, null);

            assertThat(new ServiceJobs(service.client()).of(record).jobs())
                    .extracting(ServiceJob::id)
                    .containsExactly("ftjob-1");
        }
    }

    @Test
    void anAnswerThatIsTooLongMayHaveCreatedAJob() throws IOException {
        String answer = "{\"id\":\"%s\"}".formatted("x".repeat(17 << 20));
        try (Scripted service = new Scripted(Map.of("/v1/fine_tuning/jobs", answer))) {
            assertThatThrownBy(() -> new ServiceJobs(service.client())
                            .create(SpecJson.mapper().createObjectNode()))
                    .isInstanceOfSatisfying(
                            EndpointClient.Failure.class,
                            failure -> assertThat(failure.mayHaveArrived()).isTrue());
        }
    }

    private static ModelEndpoint endpoint(int port) {
        return new ModelEndpoint(
                "test",
                URI.create(String.format(Locale.ROOT, "http://127.0.0.1:%d/v1", port)),
                null,
                List.of("m"),
                Map.of("m", 3.0),
                "USD",
                null,
                false);
    }

    /** Answers each path with one text. */
    private static final class Scripted implements AutoCloseable {
        private final HttpServer server;
        private final List<String> requests = new CopyOnWriteArrayList<>();

        Scripted(Map<String, String> answers) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                requests.add(exchange.getRequestURI().toString());
                String answer = answers.get(exchange.getRequestURI().getPath());
                byte[] bytes = (answer == null ? "{}" : answer).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(answer == null ? 404 : 200, bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            });
            server.start();
        }

        EndpointClient client() {
            return new EndpointClient(endpoint(server.getAddress().getPort()), Map.of());
        }

        JobMetrics metrics(String job) throws IOException {
            return new JobMetrics(
                    client(), new ServiceJob("ftjob-1", SpecJson.mapper().readTree(job)), "test m", 1);
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
