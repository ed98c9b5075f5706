package dev.septet.llm.template.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallFormatTest {
    private static final List<String> ENDS =
            List.of("<|im_end|>", "</s>", "<|eot_id|>", "<|eom|>", "<|end_of_text|>", "<|return|>");

    private static ChatTemplate template(String name) {
        try (InputStream in =
                Objects.requireNonNull(ChatMessage.class.getResourceAsStream("styles/" + name + ".jinja"), name)) {
            return ChatTemplate.parse(
                    name,
                    new String(in.readAllBytes(), StandardCharsets.UTF_8),
                    Map.of("bos_token", "<s>", "eos_token", "</s>"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static final Map<String, ToolCallFormat> FORMATS = Map.of(
            "hermes_tools",
            format("<tool_call>\n", "\n</tool_call>\n<tool_call>\n", "\n</tool_call>", "name", "", "arguments", false),
            "qwen25_tools",
            format("<tool_call>\n", "\n</tool_call>\n<tool_call>\n", "\n</tool_call>", "name", "", "arguments", false),
            "qwen3_thinking",
            format("<tool_call>\n", "\n</tool_call>\n<tool_call>\n", "\n</tool_call>", "name", "", "arguments", false),
            "llama31_tools",
            format("", null, "", "name", "", "parameters", false),
            "mistral_v3_tools",
            format("[TOOL_CALLS] [", ", ", "]", "name", "", "arguments", true),
            "nemo",
            format("[TOOL_CALLS]", "[TOOL_CALLS]", "", null, "[ARGS]", "", false),
            "jamba",
            format("<tool_calls>[", ",", "]</tool_calls>", "name", "", "arguments", false),
            "deepseek_r1",
            format(
                    "<|calls|><|call|>function<|sep|>",
                    "\n```<|/call|>\n<|call|>function<|sep|>",
                    "\n```<|/call|><|/calls|>",
                    null,
                    "\n```json\n",
                    "",
                    false),
            "gemma3",
            ToolCallFormat.PLAIN,
            "minicpm3_tools",
            ToolCallFormat.PLAIN);

    private static ToolCallFormat format(
            String opening,
            @Nullable String between,
            String closing,
            @Nullable String nameKey,
            String middle,
            String key,
            boolean ids) {
        return new ToolCallFormat(opening, between, closing, nameKey, middle, key, ids);
    }

    static List<String> names() {
        return FORMATS.keySet().stream().sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void findsTheFormatInTheTemplate(String name) {
        assertThat(ToolCallFormat.of(template(name), ENDS)).isEqualTo(FORMATS.get(name));
    }

    /** What the template writes for two calls is read as two calls, in whatever pieces it comes. */
    @ParameterizedTest
    @MethodSource("names")
    void readsWhatTheTemplateWrites(String name) {
        ToolCallFormat format = Objects.requireNonNull(FORMATS.get(name));
        String one = call(format, "weather", "{\"city\": \"K\u00f6ln }{\\\"\", \"days\": [2]}");
        String answer = "Let me look.\n" + format.opening() + one;
        List<String> expected = new ArrayList<>(List.of("weather {\"city\": \"K\u00f6ln }{\\\"\", \"days\": [2]}"));
        if (format.between() != null) {
            answer += format.between() + call(format, "clock", "{}");
            expected.add("clock {}");
        }
        answer += format.closing();
        if (format.opening().isEmpty()) {
            answer = answer.substring("Let me look.\n".length());
        }
        for (int size : new int[] {1, 3, 1000}) {
            Heard heard = new Heard();
            ToolCallParser parser = new ToolCallParser(format, List.of("weather", "clock"), List.of(), heard);
            for (int at = 0; at < answer.length(); at += size) {
                parser.add(answer.substring(at, Math.min(answer.length(), at + size)));
            }
            parser.finish();
            assertThat(heard.calls).isEqualTo(expected);
            assertThat(heard.content.toString()).isEqualTo(format.opening().isEmpty() ? "" : "Let me look.\n");
        }
    }

    private static String call(ToolCallFormat format, String name, String arguments) {
        return format.nameKey() == null
                ? name + format.middle() + arguments
                : "{\"%s\": \"%s\", \"%s\": %s%s}"
                        .formatted(
                                format.nameKey(),
                                name,
                                format.argumentsKey(),
                                arguments,
                                format.ids() ? ", \"id\": \"abcdefghi\"" : "");
    }

    @Test
    void textWithoutACallIsContent() {
        for (String text : List.of("{\"a\": 1}", "Use <tool", "<tool_call> is a tag", "{\"name\": \"x\"")) {
            for (ToolCallFormat format :
                    List.of(ToolCallFormat.PLAIN, Objects.requireNonNull(FORMATS.get("hermes_tools")))) {
                Heard heard = new Heard();
                ToolCallParser parser = new ToolCallParser(format, List.of("weather", "clock"), List.of(), heard);
                text.chars().forEach(letter -> parser.add(Character.toString(letter)));
                parser.finish();
                assertThat(heard.content.toString()).isEqualTo(text);
                assertThat(heard.calls).isEmpty();
            }
        }
    }

    private static Heard heard(ToolCallFormat format, List<String> marks, String answer, int size, int... at) {
        Heard heard = new Heard();
        ToolCallParser parser = new ToolCallParser(format, List.of("weather", "clock"), marks, heard);
        for (int each : at) {
            parser.mark(each);
        }
        for (int from = 0; from < answer.length(); from += size) {
            parser.add(answer.substring(from, Math.min(answer.length(), from + size)));
        }
        parser.finish();
        return heard;
    }

    /** A format without a mark has calls at the beginning only, in whatever pieces the answer comes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "See: {\"name\": \"clock\", \"parameters\": {}} is a call.",
                "{\"name\": \"rm\", \"parameters\": {\"path\": \"/\"}}",
                "{\t\"name\": \"clock\", \"parameters\": {}}",
                "{\"other\": 1}\n{\"name\": \"clock\", \"parameters\": {}}"
            })
    void otherTextIsContentWhereThereIsNoMark(String answer) {
        for (int size : new int[] {1, 5, 1000}) {
            Heard heard = heard(Objects.requireNonNull(FORMATS.get("llama31_tools")), List.of(), answer, size);
            assertThat(heard.calls).isEmpty();
            assertThat(heard.content.toString()).isEqualTo(answer);
        }
    }

    @Test
    void nothingAfterACallIsLost() {
        String call = "{\"name\": \"clock\", \"parameters\": {}}";
        for (int size : new int[] {1, 5, 1000}) {
            Heard plain =
                    heard(Objects.requireNonNull(FORMATS.get("llama31_tools")), List.of(), call + " and more", size);
            assertThat(plain.calls).containsExactly("clock {}");
            assertThat(plain.content.toString()).isEqualTo("and more");
            Heard unknown = heard(
                    Objects.requireNonNull(FORMATS.get("hermes_tools")),
                    List.of(),
                    "<tool_call>\n{\"name\": \"rm\", \"arguments\": {}}\n</tool_call> and more",
                    size);
            assertThat(unknown.calls).isEmpty();
            assertThat(unknown.content.toString())
                    .endsWith("</tool_call> and more")
                    .startsWith("<tool_call>\n{");
        }
    }

    /** Where a mark is a control token, the same characters in ordinary tokens are text. */
    @Test
    void aMarkInOrdinaryTokensBeginsNoCall() {
        String call = "<tool_call>\n{\"name\": \"clock\", \"arguments\": {}}\n</tool_call>";
        List<String> marks = List.of("<tool_call>", "</tool_call>");
        ToolCallFormat format = Objects.requireNonNull(FORMATS.get("hermes_tools"));
        for (int size : new int[] {1, 5, 1000}) {
            Heard text = heard(format, marks, call, size);
            assertThat(text.calls).isEmpty();
            assertThat(text.content.toString()).isEqualTo(call);
            Heard second = heard(format, marks, call + call, size, call.length(), 2 * call.length() - 12);
            assertThat(second.calls).containsExactly("clock {}");
            assertThat(second.content.toString()).isEqualTo(call);
        }
    }

    private static final class Heard implements ToolCallParser.Listener {
        private final StringBuilder content = new StringBuilder();
        private final List<String> calls = new ArrayList<>();

        @Override
        public void content(String piece) {
            content.append(piece);
        }

        @Override
        public void call(String name) {
            calls.add(name + " ");
        }

        @Override
        public void arguments(String piece) {
            calls.set(calls.size() - 1, calls.get(calls.size() - 1) + piece);
        }
    }
}
