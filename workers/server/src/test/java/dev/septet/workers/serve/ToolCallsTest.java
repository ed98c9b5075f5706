package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.EngineBackend;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of tools by a small model that never learned to call any, with several models' templates. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class ToolCallsTest {
    private static final Path BASE =
            Path.of("../../examples/quickstart/base-model").toAbsolutePath().normalize();
    private static final Path STYLES = Path.of(
                    "../../activities/engine/src/test/resources/dev/septet/llm/template/styles")
            .toAbsolutePath()
            .normalize();
    private static final String CHAT = "/v1/chat/completions";
    private static final String TOOLS = """
        "tools": [
          {"type": "function", "function": {"name": "weather", "strict": true, "parameters": {"type": "object",
            "properties": {"city": {"type": "string", "maxLength": 6}, "days": {"type": "integer", "minimum": 1,
            "maximum": 9}}, "required": ["city", "days"], "additionalProperties": false}}},
          {"type": "function", "function": {"name": "clock", "description": "The time."}}]\
        """;

    private ModelServer server;
    private Client client;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        Models models = new Models();
        for (String style : List.of("hermes_tools", "llama31_tools", "mistral_v3_tools", "nemo", "deepseek_r1")) {
            Path model = Files.createDirectory(folder.resolve(style));
            try (Stream<Path> files = Files.list(BASE)) {
                for (Path file : files.toList()) {
                    Files.copy(file, model.resolve(file.getFileName()));
                }
            }
            Path config = model.resolve("config.json");
            Files.writeString(
                    config,
                    Files.readString(config)
                            .replace("\"max_position_embeddings\" : 512", "\"max_position_embeddings\" : 2048"));
            // Some templates leave it to the system message to name the tools.
            String template = Files.readString(STYLES.resolve(style + ".jinja"));
            boolean names = template.contains("tools");
            Files.writeString(
                    model.resolve("chat_template.jinja"),
                    names ? template : "{% if tools %}{{ tools | tojson }}{% endif %}" + template);
            models.add(style, new HostedBackend("0123456789ab", EngineBackend.open(model)));
        }
        models.add("base", new HostedBackend("0123456789ab", EngineBackend.open(BASE)));
        server = ModelServer.start(
                new ServeSettings("127.0.0.1", 0, ApiKeys.NONE, ServeLimits.DEFAULT), models, AuditBook.none());
        client = new Client(server.port());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String body(String model, String messages, String more) {
        return "{\"model\": \"%s\", \"messages\": [%s], \"max_tokens\": 150, %s}".formatted(model, messages, more);
    }

    private static final String USER = "{\"role\": \"user\", \"content\": \"Rain in Bonn?\"}";

    private static JsonNode json(String text) {
        try {
            return new JsonMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    private static void requireValid(JsonNode call) {
        assertThat(call.path("type").asText()).isEqualTo("function");
        assertThat(call.path("id").asText()).matches("[a-z0-9]{9}");
        JsonNode arguments = json(call.at("/function/arguments").asText());
        if (call.at("/function/name").asText().equals("weather")) {
            assertThat(arguments.path("city").isTextual()).isTrue();
            assertThat(arguments.path("days").asInt()).isBetween(1, 9);
            assertThat(arguments.size()).isEqualTo(2);
        } else {
            assertThat(call.at("/function/name").asText()).isEqualTo("clock");
            assertThat(arguments.size()).isZero();
        }
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"llama31_tools", "nemo", "deepseek_r1"})
    void requiredCallsOfOtherStylesAreValid(String style) throws Exception {
        requiredCallsAreValidWholeAndStreamed(style);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hermes_tools", "mistral_v3_tools"})
    void requiredCallsAreValidWholeAndStreamed(String style) throws Exception {
        for (String sampling : List.of("\"temperature\": 0", "\"temperature\": 2, \"seed\": 3")) {
            String options = sampling + ", \"tool_choice\": \"required\", " + TOOLS;
            Client.Answer answer = client.post(CHAT, body(style, USER, options));
            assertThat(answer.status()).as(answer.error()).isEqualTo(200);
            JsonNode choice = answer.json().at("/choices/0");
            JsonNode calls = choice.at("/message/tool_calls");
            assertThat(calls.size()).as(choice.toString()).isPositive();
            assertThat(choice.at("/message/content").isNull()).isTrue();
            if (choice.path("finish_reason").asText().equals("tool_calls")) {
                calls.forEach(ToolCallsTest::requireValid);
            } else {
                assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
            }
            List<JsonNode> chunks = Client.chunks(client.stream(CHAT, body(style, USER, "\"stream\": true, " + options))
                    .get());
            Map<Integer, String> arguments = new TreeMap<>();
            List<String> names = new ArrayList<>();
            for (JsonNode chunk : chunks) {
                for (JsonNode part : chunk.at("/choices/0/delta/tool_calls")) {
                    if (part.hasNonNull("id")) {
                        assertThat(part.path("index").asInt()).isEqualTo(names.size());
                        names.add(part.at("/function/name").asText());
                    }
                    arguments.merge(
                            part.path("index").asInt(),
                            part.at("/function/arguments").asText(),
                            String::concat);
                }
            }
            assertThat(names).hasSize(calls.size());
            for (int i = 0; i < calls.size(); i++) {
                assertThat(names.get(i))
                        .isEqualTo(calls.get(i).at("/function/name").asText());
                assertThat(arguments.get(i))
                        .isEqualTo(calls.get(i).at("/function/arguments").asText());
            }
            assertThat(chunks.get(chunks.size() - 1)
                            .at("/choices/0/finish_reason")
                            .asText())
                    .isEqualTo(choice.path("finish_reason").asText());
        }
    }

    @Test
    void aNamedFunctionIsCalledOnce() throws Exception {
        Client.Answer answer = client.post(
                CHAT,
                body(
                        "hermes_tools",
                        USER,
                        "\"temperature\": 1, \"seed\": 4, " + TOOLS
                                + ", \"tool_choice\": {\"type\": \"function\", \"function\": {\"name\":"
                                + " \"weather\"}}"));
        JsonNode calls = answer.json().at("/choices/0/message/tool_calls");
        assertThat(calls.size()).isEqualTo(1);
        assertThat(calls.get(0).at("/function/name").asText()).isEqualTo("weather");
        requireValid(calls.get(0));
    }

    @Test
    void resultsOfToolsAreReadAndToolsMayBeLeftAlone() throws Exception {
        String history = USER
                + ", {\"role\": \"assistant\", \"content\": null, \"tool_calls\": [{\"id\": \"abcdefghi\","
                + " \"type\": \"function\", \"function\": {\"name\": \"weather\", \"arguments\":"
                + " \"{\\\"city\\\": \\\"Bonn\\\", \\\"days\\\": 1}\"}}]},"
                + " {\"role\": \"tool\", \"tool_call_id\": \"abcdefghi\", \"content\": \"rain\"}";
        for (String style : List.of("hermes_tools", "mistral_v3_tools")) {
            for (String choice : List.of("auto", "none")) {
                Client.Answer answer = client.post(
                        CHAT,
                        body(style, history, "\"temperature\": 0, \"tool_choice\": \"" + choice + "\", " + TOOLS));
                assertThat(answer.status()).as(answer.error()).isEqualTo(200);
                JsonNode message = answer.json().at("/choices/0/message");
                message.path("tool_calls").forEach(ToolCallsTest::requireValid);
            }
        }
    }

    /** Ids and names are in the audit log as they are. */
    @Test
    void idsAndNamesWithOtherDataAreRefused() throws Exception {
        for (String field : List.of("tool_call_id", "name")) {
            String id = field.equals("name") ? "\"tool_call_id\": \"a\", " : "";
            String message = "{\"role\": \"tool\", \"content\": \"x\", %s\"%s\": \"jane@b.org\"}".formatted(id, field);
            Client.Answer answer = client.post(CHAT, body("hermes_tools", USER + ", " + message, TOOLS));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().at("/error/param").asText()).isEqualTo("messages[1]." + field);
        }
        for (String call : List.of(
                "{\"id\": \"a b\", \"function\": {\"name\": \"f\", \"arguments\": \"{}\"}}",
                "{\"id\": \"a\", \"function\": {\"name\": \"f@x\", \"arguments\": \"{}\"}}")) {
            String message = "{\"role\": \"assistant\", \"tool_calls\": [" + call + "]}";
            Client.Answer answer = client.post(CHAT, body("hermes_tools", USER + ", " + message, TOOLS));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().at("/error/param").asText()).startsWith("messages[1].tool_calls[0]");
        }
    }

    @Test
    void modelsWithoutToolsInTheirTemplateRefuseThem() throws Exception {
        Client.Answer answer = client.post(CHAT, body("base", USER, TOOLS));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains("its chat template has no place for them");
    }

    @Test
    void strictParametersThatAreNotGuaranteedAreRefused() throws Exception {
        String tools = "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"strict\": %s,"
                + " \"parameters\": {\"type\": \"object\", \"properties\": {\"x\": {\"not\": {}}}}}}],"
                + " \"tool_choice\": \"required\", \"temperature\": 0";
        Client.Answer strict = client.post(CHAT, body("hermes_tools", USER, tools.formatted("true")));
        assertThat(strict.status()).isEqualTo(400);
        assertThat(strict.json().at("/error/param").asText()).isEqualTo("/tools/0/function/parameters/properties/x");
        Client.Answer loose = client.post(CHAT, body("hermes_tools", USER, tools.formatted("false")));
        assertThat(loose.status()).isEqualTo(200);
        assertThat(loose.json()
                        .at("/choices/0/message/tool_calls/0/function/name")
                        .asText())
                .isEqualTo("f");
    }
}
