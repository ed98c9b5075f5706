package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.EngineBackend;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests that lm-evaluation-harness sent to this server, read as its client {@code local-completions} reads the responses.
 * The numbers are those of its model class {@code hf} on the same weights; {@code lm-eval/record.py} recorded both.
 */
@Timeout(120)
class LmEvalClientTest {
    private static final Path MODEL =
            Path.of("../../examples/quickstart/base-model").toAbsolutePath().normalize();
    private static final Path REQUESTS = Path.of("src/test/resources/dev/septet/workers/serve/lm-eval/requests.jsonl");

    @Test
    void answersAsTheClientsOwnModelDoes() throws Exception {
        Models models = new Models();
        models.add("tiny", new HostedBackend("0123456789ab", EngineBackend.open(MODEL)));
        ServeSettings settings = new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT);
        try (ModelServer server = ModelServer.start(settings, models, AuditBook.none())) {
            Client client = new Client(server.port());
            int compared = 0;
            for (String line : Files.readAllLines(REQUESTS)) {
                JsonNode recorded = SpecJson.mapper().readTree(line);
                Client.Answer answer =
                        client.post("/v1/completions", recorded.path("body").toString());
                assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
                JsonNode choices = answer.json().path("choices");
                assertThat(choices).hasSize(recorded.path("expected").size());
                for (int at = 0; at < choices.size(); at++) {
                    JsonNode expected = recorded.path("expected").path(at);
                    if (expected.isTextual()) {
                        assertThat(choices.path(at).path("text").textValue()).isEqualTo(expected.textValue());
                    } else {
                        compare(
                                choices.path(at).path("logprobs"),
                                recorded.path("from").path(at).intValue(),
                                expected);
                    }
                    compared++;
                }
            }
            assertThat(compared).isGreaterThan(60);
        }
    }

    /** The sum from a place on, without the last token, and whether each token is the most probable one. */
    private static void compare(JsonNode logs, int from, JsonNode expected) {
        List<JsonNode> numbers = list(logs.path("token_logprobs"));
        List<JsonNode> tops = list(logs.path("top_logprobs"));
        double sum = 0;
        boolean greedy = true;
        for (int at = from; at < numbers.size() - 1; at++) {
            sum += numbers.get(at).doubleValue();
            double highest = list(tops.get(at)).stream()
                    .mapToDouble(JsonNode::doubleValue)
                    .max()
                    .orElseThrow();
            greedy &= numbers.get(at).doubleValue() == highest;
        }
        double number = expected.path(0).doubleValue();
        assertThat(sum).isCloseTo(number, within(1e-3 * Math.abs(number)));
        assertThat(greedy).isEqualTo(expected.path(1).booleanValue());
    }

    private static List<JsonNode> list(JsonNode node) {
        return StreamSupport.stream(node.spliterator(), false).toList();
    }
}
