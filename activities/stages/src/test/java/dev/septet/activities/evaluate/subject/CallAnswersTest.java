package dev.septet.activities.evaluate.subject;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.MessageToolCall;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers with calls of tools, as templates write them, against references. */
class CallAnswersTest {
    private static final Path STYLES = TinyPipeline.baseModel().resolve("../../../template/styles");
    private static final RowPlace PLACE = new RowPlace("d.jsonl", 1);
    private static final Set<String> NAMES = Set.of("orders", "weather");

    @TempDir
    Path temp;

    private Tokenizer tokenizer;

    @BeforeEach
    void open() throws IOException {
        tokenizer = Tokenizer.open(withMarks());
    }

    @AfterEach
    void close() {
        tokenizer.close();
    }

    /** The tiny model's tokenizer with the control tokens that mark calls. */
    private Path withMarks() throws IOException {
        try (Stream<Path> files = Files.list(TinyPipeline.baseModel())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, temp.resolve(file.getFileName()));
            }
        }
        Path file = temp.resolve("tokenizer.json");
        var json = StrictJson.tokenizer(file);
        var added = json.withArray("added_tokens");
        int next = Math.max(
                json.path("model").path("vocab").size(),
                IntStream.range(0, added.size())
                        .map(i -> added.get(i).path("id").asInt() + 1)
                        .max()
                        .orElse(0));
        for (String mark : List.of("<tool_call>", "</tool_call>", "[TOOL_CALLS]", "<|im_end|>")) {
            if (!json.toString().contains('"' + mark + '"')) {
                var token = added.addObject().put("id", next++).put("content", mark);
                for (String no : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                    token.put(no, false);
                }
                token.put("special", true);
            }
        }
        Files.writeString(file, SpecJson.mapper().writeValueAsString(json));
        return temp;
    }

    private static ChatTemplate template(String style) throws IOException {
        return ChatTemplate.parse(
                style,
                Files.readString(STYLES.resolve(style + ".jinja")),
                Map.of("bos_token", "<s>", "eos_token", "</s>"));
    }

    private static JsonNode json(String text) throws IOException {
        return SpecJson.mapper().readTree(text);
    }

    private static ChatRow row(@Nullable String content, List<MessageToolCall> calls, boolean declared)
            throws IOException {
        List<JsonNode> tools = declared
                ? List.of(
                        json("{\"type\":\"function\",\"function\":{\"name\":\"orders\",\"description\":\"x\","
                                + "\"parameters\":{\"type\":\"object\",\"properties\":{},\"required\":[]}}}"),
                        json("{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"description\":\"x\","
                                + "\"parameters\":{\"type\":\"object\",\"properties\":{},\"required\":[]}}}"))
                : List.of();
        return new ChatRow(
                List.of(
                        new Message(ChatRole.USER, "where is 7?"),
                        new Message(ChatRole.ASSISTANT, content, null, calls, null, null, true)),
                tools,
                PLACE);
    }

    private static MessageToolCall call(String id, String name, String arguments) throws IOException {
        return new MessageToolCall(id, name, json(arguments));
    }

    /** What a model generates that learned the row. */
    private Generated answer(ChatTemplate template, ChatRow row) {
        String whole = template.render(row.chat(), false);
        String prompt = template.render(row.question(), true);
        int same = 0;
        while (same < prompt.length() && prompt.charAt(same) == whole.charAt(same)) {
            same++;
        }
        return generated(whole.substring(same));
    }

    private Generated generated(String text) {
        int[] ids = tokenizer.encode(text, false);
        return new Generated(ids, tokenizer.decode(ids, true), FinishReason.STOP);
    }

    private Set<Integer> stops() {
        Set<Integer> stops = new HashSet<>();
        tokenizer.eos().ifPresent(stops::add);
        Arrays.stream(tokenizer.encode("<|im_end|>", false)).forEach(stops::add);
        return stops;
    }

    private String read(String style, ChatRow row) throws IOException {
        ChatTemplate template = template(style);
        Generated answer = answer(template, row);
        assertThat(answer.text().strip())
                .as("what was compared before")
                .isNotEqualTo(row.reference().orElseThrow());
        return new CallAnswers(template, tokenizer, stops()).read(answer, CallAnswers.callable(row));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hermes_tools", "qwen25_tools", "llama31_tools", "mistral_v3_tools", "nemo", "jamba"})
    void aCallHasTheTextOfItsReference(String style) throws IOException {
        ChatRow row =
                row(null, List.of(call("a1B2c3D4e", "orders", "{\"number\": 7, \"all\": [1.5, \"\u00e4\"]}")), true);

        assertThat(read(style, row))
                .isEqualTo(row.reference().orElseThrow())
                .isEqualTo("[{\"arguments\":{\"all\":[1.5,\"\u00e4\"],\"number\":7},\"name\":\"orders\"}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hermes_tools", "qwen25_tools", "mistral_v3_tools", "jamba"})
    void severalCallsKeepTheirOrder(String style) throws IOException {
        ChatRow row = row(
                null,
                List.of(
                        call("a1B2c3D4e", "weather", "{\"place\": \"Bonn\"}"),
                        call("a1B2c3D4f", "orders", "{\"number\": 7}")),
                true);

        assertThat(read(style, row)).isEqualTo(row.reference().orElseThrow());
    }

    @Test
    void aTextBeforeACallBelongsToTheAnswer() throws IOException {
        ChatRow row = row("Let me look.", List.of(call("a1B2c3D4e", "orders", "{\"number\": 7}")), true);

        assertThat(read("qwen25_tools", row)).isEqualTo(row.reference().orElseThrow());
    }

    @Test
    void withoutToolsTheCalledNamesAreCalls() throws IOException {
        ChatRow row = row(null, List.of(call("a1B2c3D4e", "orders", "{\"number\": 7}")), false);

        assertThat(CallAnswers.callable(row)).containsExactly("orders");
        assertThat(read("hermes_tools", row)).isEqualTo(row.reference().orElseThrow());
    }

    @Test
    void textAndOtherFunctionsStayText() throws IOException {
        CallAnswers calls = new CallAnswers(template("hermes_tools"), tokenizer, stops());
        String other = "<tool_call>\n{\"name\": \"delete\", \"arguments\": {}}\n</tool_call>";

        assertThat(calls.read(generated("It is on its way."), NAMES)).isEqualTo("It is on its way.");
        assertThat(calls.read(generated(other), NAMES))
                .isEqualTo(generated(other).text());
        assertThat(CallAnswers.callable(new CompletionRow("a", "b", PLACE))).isEmpty();
    }

    @Test
    void aWrongOrUnfinishedCallIsNoMatch() throws IOException {
        CallAnswers calls = new CallAnswers(template("hermes_tools"), tokenizer, stops());
        String reference = row(null, List.of(call("a1B2c3D4e", "orders", "{\"number\": 7}")), true)
                .reference()
                .orElseThrow();
        for (String text : List.of(
                "<tool_call>\n{\"name\": \"orders\", \"arguments\": {\"number\": 8}}\n</tool_call>",
                "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"number\": 7}}\n</tool_call>",
                "<tool_call>\n{\"name\": \"orders\", \"arguments\": {\"number\": 7",
                "<tool_call>\n{\"name\": \"orders\", \"arguments\": {\"number\": 7, \"number\": 7}}\n</tool_call>")) {
            assertThat(calls.read(generated(text), NAMES)).isNotEqualTo(reference);
        }
        String spaced = "<tool_call>{\"name\":\"orders\",\"arguments\":{ \"number\" : 7 }}</tool_call>";
        assertThat(calls.read(generated(spaced), NAMES)).isEqualTo(reference);
    }
}
