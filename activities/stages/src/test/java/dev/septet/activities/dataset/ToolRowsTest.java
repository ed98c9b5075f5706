package dev.septet.activities.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chats with tools, tool calls, results, reasoning and weights. */
class ToolRowsTest {
    private static final String TOOLS =
            "[{\"type\":\"function\",\"function\":{\"name\":\"clock\",\"parameters\":{\"type\":\"object\",\"properties\":{}}}}]";
    private static final String CALL =
            "{\"id\":\"a1\",\"type\":\"function\",\"function\":{\"name\":\"clock\",\"arguments\":{\"zone\":\"CET\",\"at\":1.5}}}";

    private static String chat(String... messages) {
        return "{\"messages\":[" + String.join(",", messages) + "]";
    }

    private static String called(String more) {
        return chat(
                        "{\"role\":\"user\",\"content\":\"Time?\"}",
                        "{\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"A clock.\",\"tool_calls\":["
                                + CALL + "]}",
                        "{\"role\":\"tool\",\"content\":\"12:00\",\"tool_call_id\":\"a1\",\"name\":\"clock\"}",
                        "{\"role\":\"assistant\",\"content\":\"Noon.\"}")
                + more;
    }

    private static String read(String line) {
        return Reads.printed("rows.jsonl", line).get(0);
    }

    @Test
    void keepsToolsCallsResultsAndReasoning() {
        String row = called(",\"tools\":" + TOOLS);
        String prepared = row + ",\"source\":\"rows.jsonl:1\"}";
        assertThat(read(row + "}")).isEqualTo(prepared);
        assertThat(read(prepared)).as("read again").isEqualTo(prepared);
    }

    @Test
    void writesOlderFormsAsTheCurrentOnes() {
        String older = chat(
                        "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Ti\"},\"me?\"]}",
                        "{\"role\":\"assistant\",\"content\":null,\"thinking\":\"A"
                                + " clock.\",\"function_call\":{\"name\":\"clock\",\"arguments\":\"{}\"}}",
                        "{\"role\":\"function\",\"content\":\"12:00\",\"name\":\"clock\"}",
                        "{\"role\":\"assistant\",\"content\":\"Noon.\",\"train\":true,\"weight\":1}")
                + ",\"functions\":\"[{\\\"name\\\":\\\"clock\\\"}]\"}";
        assertThat(read(older))
                .isEqualTo(
                        chat(
                                        "{\"role\":\"user\",\"content\":\"Time?\"}",
                                        "{\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"A"
                                                + " clock.\",\"tool_calls\":[{\"type\":\"function\",\"function\":{\"name\":\"clock\",\"arguments\":\"{}\"}}]}",
                                        "{\"role\":\"tool\",\"content\":\"12:00\",\"name\":\"clock\"}",
                                        "{\"role\":\"assistant\",\"content\":\"Noon.\"}")
                                + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"clock\"}}],\"source\":\"rows.jsonl:1\"}");
    }

    @Test
    void makesAnAnswerWithoutWeightContext() {
        ChatRow row = (ChatRow) Reads.row(chat(
                        "{\"role\":\"developer\",\"content\":\"Be brief.\"}",
                        "{\"role\":\"user\",\"content\":\"One?\"}",
                        "{\"role\":\"assistant\",\"content\":\"1\",\"weight\":1.0}",
                        "{\"role\":\"user\",\"content\":\"Two?\",\"weight\":0}",
                        "{\"role\":\"assistant\",\"content\":\"2\",\"weight\":0}")
                + "}");
        assertThat(row.messages().stream().map(Message::isLearned)).containsExactly(false, false, true, false, false);
        assertThat(row.promptText()).isEqualTo("One?");
        assertThat(row.reference()).contains("1");
        assertThat(row.prompt()).hasSize(2);
        assertThat(RowJson.canonical(row))
                .contains("\"content\":\"2\",\"weight\":0}")
                .doesNotContain("\"weight\":1");
    }

    @Test
    void hasTheCallsAsTheReferenceOfARow() {
        ChatRow row = (ChatRow) Reads.row(chat(
                        "{\"role\":\"user\",\"content\":\"Time?\"}",
                        "{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[" + CALL + "]}")
                + "}");
        assertThat(row.reference()).contains("[{\"arguments\":{\"at\":1.5,\"zone\":\"CET\"},\"name\":\"clock\"}]");
        assertThat(row.promptText()).isEqualTo("Time?");
    }

    @Test
    void editsEveryTextOfARow() {
        Row row = Reads.row(
                called(",\"tools\":" + TOOLS + "}").replace("CET", "anna@x.org").replace("1.5", "49"));
        String edited = RowJson.canonical(row.edited(
                (field, text) -> text.equals("anna@x.org") || text.equals("49") ? "X" : text.toLowerCase(Locale.ROOT)));
        assertThat(edited)
                .contains("\"arguments\":{\"zone\":\"X\",\"at\":\"X\"}", "a clock.", "noon.", "time?")
                .doesNotContain("anna");
    }

    @Test
    void comparesRowsWithAllTheirFields() {
        String one = digest(called(",\"tools\":" + TOOLS + "}"));
        assertThat(digest(called(",\"tools\":" + TOOLS + "}").replace("A clock.", " A  clock. ")))
                .isEqualTo(one);
        assertThat(List.of(
                        digest(called("}")),
                        digest(called(",\"tools\":" + TOOLS + "}").replace("CET", "UTC")),
                        digest(called(",\"tools\":" + TOOLS + "}").replace("A clock.", "No."))))
                .doesNotContain(one)
                .doesNotHaveDuplicates();
    }

    private static String digest(String row) {
        return HexFormat.of().formatHex(RowJson.digest(Reads.row(row)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        "tool_calls":{}                              | tool_calls is an object, expected a list
        "tool_calls":[{"id":"1"}]                    | tool_calls[0] has no function name
        "tool_calls":[{"id":"<s>","name":"f"}]       | tool_calls[0].id must have 1 to 128 letters, digits or any of _ . : -
        "tool_calls":[{"name":"f","arguments":3}]    | tool_calls[0].arguments is a number, expected an object or the text of one
        "tool_calls":[{"name":"f","arguments":{"n":123456789012345678901}}] | tool_calls[0].arguments holds a whole number of more than 64 bits
        "tool_calls":[{"name":"f","arguments":{"n":1e999}}]                 | tool_calls[0].arguments holds a number that is too large
        "tool_calls":[{"type":"web","name":"f"}]     | tool_calls[0].type must be function
        "tool_call_id":"x"                           | tool_call_id: only a message from tool names a call
        "thinking":"a","reasoning":"b"               |  has two different reasonings, expected one
        "weight":0.5                                 | weight must be 1 or 0; a message carries loss or not, and no part of it
        "train":"maybe"                              | train must be true or false; a message carries loss or not, and no part of it
        """)
    void namesWhatIsWrongInAMessage(String field, String reason) {
        String row = chat(
                        "{\"role\":\"user\",\"content\":\"q\"}",
                        "{\"role\":\"assistant\",\"content\":\"a\"," + field + "}")
                + "}";
        assertThat(read(row)).isEqualTo("rows.jsonl:1: messages[1]" + (reason.startsWith("has") ? " " : ".") + reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        [{"type":"image_url","image_url":"x"}] | messages[0].content[0] is of type 'image_url', expected {"type": "text", "text"}; Septet learns from text only
        [{"type":"secret"}]                    | messages[0].content[0] is of another type, expected {"type": "text", "text"}; Septet learns from text only
        [7]                                    | messages[0].content[0] is a number, expected {"type": "text", "text"}; Septet learns from text only
        null                                   | messages[0].content is null, expected text
        """)
    void namesContentThatIsNoText(String content, String reason) {
        assertThat(read(chat(
                                "{\"role\":\"user\",\"content\":" + content + "}",
                                "{\"role\":\"assistant\",\"content\":\"a\"}")
                        + "}"))
                .isEqualTo("rows.jsonl:1: " + reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        user,assistant,tool,assistant            | messages[2] is from tool, but no message from assistant before it calls a tool
        user,call,assistant                      | messages[2] is from assistant, expected user: after an optional system message user and assistant take turns
        user,user,assistant                      | messages[1] is from user, expected assistant: after an optional system message user and assistant take turns
        user,call,tool                           | the last message is not from assistant: there is no answer
        system,developer,system,user,assistant   | messages[2] is from system, expected user: after an optional system message user and assistant take turns
        """)
    void namesRolesOutOfOrder(String roles, String reason) {
        assertThat(read(ordered(roles))).isEqualTo("rows.jsonl:1: " + reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        user,call
        user,call,tool,tool,assistant
        user,call,tool,call,tool,assistant
        user,call,tool,user,assistant
        user,call,user,assistant
        system,developer,user,call,tool,assistant
        """)
    void takesTheOrdersThatTemplatesTake(String roles) {
        assertThat(read(ordered(roles))).startsWith("{\"messages\"");
    }

    private static String ordered(String roles) {
        List<String> messages = List.of(roles.split(",")).stream()
                .map(role -> role.equals("call")
                        ? "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"name\":\"f\",\"arguments\":{}}]}"
                        : "{\"role\":\"" + role + "\",\"content\":\"x\"}")
                .toList();
        return chat(messages.toArray(String[]::new)) + "}";
    }

    @Test
    void namesAResultOfNoCall() {
        assertThat(read(called("}").replace("\"tool_call_id\":\"a1\"", "\"tool_call_id\":\"zz\"")))
                .isEqualTo("rows.jsonl:1: messages[2].tool_call_id is the id of no call before it");
    }

    @Test
    void keepsPairsOfToolCalls() {
        String pair = "{\"prompt\":[{\"role\":\"user\",\"content\":\"Time?\"}],"
                + "\"chosen\":[{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" + CALL + "]}],"
                + "\"rejected\":\"No idea.\",\"tools\":" + TOOLS;
        String prepared = pair + ",\"source\":\"rows.jsonl:1\"}";
        assertThat(read(pair + "}")).isEqualTo(prepared);
        assertThat(read(prepared)).isEqualTo(prepared);
    }

    @Test
    void readsNoMoreThanItsBounds() {
        String deep = "[".repeat(70) + "]".repeat(70);
        assertThat(read(called(",\"tools\":\"" + deep + "\"}")))
                .isEqualTo("rows.jsonl:1: \"tools\" is text, expected a list");
        byte[] many = called(",\"tools\":[" + "{\"name\":\"f\"},".repeat(2000) + "{\"name\":\"f\"}]}")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(read(new String(many, StandardCharsets.UTF_8)))
                .endsWith("\"tools\" has 2001 items, expected at most 1024");
    }
}
