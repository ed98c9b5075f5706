package dev.septet.activities.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.text.PublicText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of bad row is named with its place and reason, and hides none of its neighbours. */
class BadRowsTest {
    private static final String GOOD =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        {"messages":[                     | is not valid JSON (column 14): it ends too early
        {"messages":[],"messages":[]}     | is not valid JSON (column 26): a field is given twice
        {"messages":[]} {}                | is not valid JSON (column 17): text follows the object
        nonsense                          | is not valid JSON (column 1): an unexpected character or word
        [1]                               | is a list, expected an object such as {...}
        "text"                            | is text, expected an object such as {...}
        {"message":[]}                    | "messages" is missing, expected a list of messages
        {"messages":"hi"}                 | "messages" is text, expected a list of messages
        {"messages":["hi"]}               | messages[0] is text, expected {"role", "content"}
        {"messages":[{"role":"user"}]}    | messages[0] has no "content"
        {"messages":[]}                   | messages needs at least a user message and an answer
        {"messages":[{"role":"user","content":7}]} | messages[0].content is a number, expected text
        {"messages":[{"role":"tool","content":"x"}]} | messages[0] is from tool, but no message from assistant before it calls a tool
        {"messages":[{"role":"user","content":"x"}]} | messages needs at least a user message and an answer
        {"messages":[{"role":"assistant","content":"x"},{"role":"user","content":"y"}]} | messages[0] is from assistant, expected user: after an optional system message user and assistant take turns
        {"messages":[{"role":"user","content":"x"},{"role":"user","content":"y"}]} | messages[1] is from user, expected assistant: after an optional system message user and assistant take turns
        {"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"},{"role":"user","content":"z"}]} | the last message is not from assistant: there is no answer
        {"messages":[{"role":"user","content":"x"},{"role":"assistant","content":" "}]} | messages[1] from assistant is empty
        {"messages":[{"role":"user","content":"x\\u0000"},{"role":"assistant","content":"y"}]} | messages[0].content holds a NUL at character 1
        {"messages":[{"role":"user","content":"\\ud800"},{"role":"assistant","content":"y"}]} | messages[0].content holds half a surrogate pair at character 0
        """)
    void namesPlaceAndReason(String line, String reason) {
        String file = GOOD + "\n" + line + "\n" + GOOD + "\n";
        List<Reading> readings = Reads.all("tickets.jsonl", file.getBytes(StandardCharsets.UTF_8), DatasetFormat.CHAT);
        assertThat(readings).hasSize(3);
        assertThat(readings.get(1)).hasToString("tickets.jsonl:2: " + reason);
        assertThat(readings.get(0)).isInstanceOf(ChatRow.class);
        assertThat(readings.get(2).place()).isEqualTo(new RowPlace("tickets.jsonl", 3));
    }

    @Test
    void neverQuotesTheRow() {
        assertThat(Reads.printed("a.jsonl", GOOD + "\n{\"secret4711\n{\"x\": secret4711}"))
                .noneMatch(printed -> printed.contains("4711"));
    }

    @Test
    void refusesBytesThatAreNoText() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes((GOOD + "\n{\"text\":\"").getBytes(StandardCharsets.UTF_8));
        file.writeBytes(new byte[] {(byte) 0xC3, (byte) 0x28});
        file.writeBytes(("\"}\n" + GOOD).getBytes(StandardCharsets.UTF_8));
        List<Reading> readings = Reads.all("a.jsonl", file.toByteArray(), DatasetFormat.AUTO);
        assertThat(readings.get(1)).hasToString("a.jsonl:2: is not valid UTF-8: save the file in that encoding");
        assertThat(readings.get(2)).isInstanceOf(ChatRow.class);
    }

    @Test
    void refusesLongLinesWithoutKeepingThem() {
        String file = GOOD + "\n{\"text\":\"" + "x".repeat(12_000_000) + "\"}\n" + GOOD + "\n";
        List<Reading> readings = Reads.all("a.jsonl", file);
        assertThat(readings.get(1))
                .isEqualTo(new BadRow(
                        new RowPlace("a.jsonl", 2),
                        PublicText.of("is 12,000,011 bytes long, expected at most 10,000,000"),
                        12_000_011));
        assertThat(readings.get(2)).isInstanceOf(ChatRow.class);
    }

    @Test
    void survivesBracketsWithoutEnd() {
        String deep = "{\"a\":" + "[".repeat(100_000) + "\n" + GOOD + "\n";
        List<String> printed = Reads.printed("a.jsonl", deep);
        assertThat(printed.get(0)).endsWith("it is nested deeper than 64");
        assertThat(printed.get(1)).startsWith("{\"messages\"");
    }

    @Test
    void saysWhatItFoundWhenTheShapeIsUnknown() {
        assertThatThrownBy(() -> Reads.printed("a.jsonl", "{\"dialogue\":[],\"id\":1}"))
                .isInstanceOf(DatasetProblem.class)
                .hasMessage("a.jsonl:1: the row's shape is not known; its fields are: dialogue,"
                        + " id. Expected messages (chat), conversations (sharegpt), instruction and output (alpaca),"
                        + " prompt and completion, chosen and rejected (preference), prompt and responses (ranked),"
                        + " or text");
    }
}
