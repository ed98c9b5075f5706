package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.EngineBackend;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Answers in a required format, and log-probabilities, of the quickstart's base model. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class FormattedAnswersTest {
    private static final Path MODEL =
            Path.of("../../examples/quickstart/base-model").toAbsolutePath().normalize();
    private static final String CHAT = "/v1/chat/completions";
    private static final String SCHEMA = """
        "response_format": {"type": "json_schema", "json_schema": {"name": "ticket", "strict": true, "schema":
          {"type": "object", "properties": {"kind": {"enum": ["billing", "delivery"]},
           "priority": {"type": "integer", "minimum": 1, "maximum": 5},
           "words": {"type": "array", "items": {"type": "string", "maxLength": 6}, "minItems": 1, "maxItems": 2}},
           "required": ["kind", "priority", "words"], "additionalProperties": false}}}\
        """;

    private final ModelServer server = start();
    private final Client client = new Client(server.port());

    private static ModelServer start() {
        Models models = new Models();
        models.add("m", new HostedBackend("0123456789ab", EngineBackend.open(MODEL)));
        try {
            return ModelServer.start(
                    new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT), models, AuditBook.none());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static JsonNode json(String text) {
        try {
            return new JsonMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    @Test
    void answersMatchTheirSchemaWholeAndStreamed() throws Exception {
        for (String sampling : List.of("\"temperature\": 0", "\"temperature\": 2, \"seed\": 5")) {
            Client.Answer answer = client.post(CHAT, Client.chat(sampling + ", \"max_tokens\": 120, " + SCHEMA));
            assertThat(answer.status()).as(answer.error()).isEqualTo(200);
            assertThat(answer.json().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
            JsonNode ticket = json(answer.text());
            assertThat(ticket.path("kind").asText()).isIn("billing", "delivery");
            assertThat(ticket.path("priority").asInt()).isBetween(1, 5);
            assertThat(ticket.path("words").size()).isBetween(1, 2);
            StringBuilder streamed = new StringBuilder();
            Client.chunks(client.stream(
                                    CHAT, Client.chat(sampling + ", \"stream\": true, \"max_tokens\": 120, " + SCHEMA))
                            .get())
                    .forEach(chunk ->
                            streamed.append(chunk.at("/choices/0/delta/content").asText()));
            assertThat(streamed.toString()).isEqualTo(answer.text());
        }
    }

    @Test
    void anyObjectIsJsonOrCutAtItsLimit() throws Exception {
        Client.Answer answer = client.post(
                CHAT,
                Client.chat("\"temperature\": 1, \"seed\": 1, \"max_tokens\": 8,"
                        + " \"response_format\": {\"type\": \"json_object\"}"));
        assertThat(answer.text()).startsWith("{");
        if (answer.json().at("/choices/0/finish_reason").asText().equals("stop")) {
            assertThat(json(answer.text()).isObject()).isTrue();
        } else {
            assertThat(answer.json().at("/choices/0/finish_reason").asText()).isEqualTo("length");
        }
    }

    @Test
    void aSchemaThatIsNotGuaranteedIsRefusedByItsPlace() throws Exception {
        Client.Answer answer = client.post(
                CHAT,
                Client.chat("\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"a\","
                        + " \"schema\": {\"type\": \"object\", \"properties\": {\"x\": {\"not\": {}}}}}}"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error/param").asText())
                .isEqualTo("/response_format/json_schema/schema/properties/x");
        assertThat(answer.error()).contains("has 'not', which is not supported");
    }

    @Test
    void chatsHaveLogProbabilities() throws Exception {
        String options = "\"temperature\": 0, \"max_tokens\": 10, \"logprobs\": true, \"top_logprobs\": 3";
        Client.Answer answer = client.post(CHAT, Client.chat(options));
        JsonNode content = answer.json().at("/choices/0/logprobs/content");
        StringBuilder text = new StringBuilder();
        for (JsonNode token : content) {
            assertThat(token.path("logprob").asDouble()).isLessThanOrEqualTo(0);
            assertThat(token.path("top_logprobs").size()).isEqualTo(3);
            assertThat(token.at("/top_logprobs/0/logprob").asDouble())
                    .isCloseTo(token.path("logprob").asDouble(), within(1e-9));
            byte[] bytes = new byte[token.path("bytes").size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) token.path("bytes").get(i).asInt();
            }
            text.append(new String(bytes, StandardCharsets.UTF_8));
        }
        assertThat(text.toString()).isEqualTo(answer.text());
        Client.Answer plain = client.post(CHAT, Client.chat("\"temperature\": 0, \"max_tokens\": 10"));
        assertThat(plain.text()).isEqualTo(answer.text());
        assertThat(plain.json().at("/choices/0/logprobs").isNull()).isTrue();
        ArrayNode streamed = new JsonMapper().createArrayNode();
        for (JsonNode chunk : Client.chunks(
                client.stream(CHAT, Client.chat(options + ", \"stream\": true")).get())) {
            chunk.at("/choices/0/logprobs/content").forEach(streamed::add);
        }
        assertThat(streamed).isEqualTo(content);
    }

    @Test
    void completionsHaveLogProbabilities() throws Exception {
        Client.Answer answer = client.post(
                "/v1/completions",
                "{\"model\": \"m\", \"prompt\": \"The parcel\", \"max_tokens\": 6, \"temperature\": 0, \"logprobs\":"
                        + " 2}");
        JsonNode logs = answer.json().at("/choices/0/logprobs");
        assertThat(logs.path("tokens").size())
                .isEqualTo(logs.path("token_logprobs").size());
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < logs.path("tokens").size(); i++) {
            assertThat(logs.path("text_offset").get(i).asInt()).isEqualTo(text.length());
            text.append(logs.path("tokens").get(i).asText());
            assertThat(logs.path("top_logprobs").get(i).size()).isBetween(2, 3);
        }
        assertThat(text.toString())
                .isEqualTo(answer.json().at("/choices/0/text").asText());
    }
}
