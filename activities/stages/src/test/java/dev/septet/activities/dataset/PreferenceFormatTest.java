package dev.septet.activities.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pairs of answers, in the shapes in which they are found. */
class PreferenceFormatTest {
    private static final String CHAT =
            "{\"prompt\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"q\"}],\"chosen\":\"good\",\"rejected\":\"bad\"}";

    @Test
    void readsTexts() {
        String row = "{\"prompt\":\"1+1=\",\"chosen\":\"2\",\"rejected\":\"3\"}";
        PreferenceRow read = (PreferenceRow) Reads.row(row);
        assertThat(read.chosen()).isInstanceOf(CompletionRow.class);
        assertThat(read.promptText()).isEqualTo("1+1=");
        assertThat(read.reference()).contains("2");
        assertThat(read.rejected().reference()).contains("3");
        assertThat(RowJson.canonical(read)).isEqualTo(row);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        {"prompt":[{"role":"system","content":"s"},{"role":"user","content":"q"}],"chosen":"good","rejected":"bad"}
        {"prompt":[{"role":"system","content":"s"},{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"good"}],"rejected":[{"role":"assistant","content":"bad"}]}
        {"chosen":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"good"}],"rejected":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"bad"}]}
        """)
    void readsChats(String line) {
        PreferenceRow read = (PreferenceRow) Reads.row(line);
        assertThat(RowJson.canonical(read)).isEqualTo(CHAT);
        assertThat(read.answered()).isInstanceOf(ChatRow.class).isEqualTo(read.chosen());
        assertThat(Reads.row(RowJson.canonical(read))).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        {"prompt":"q","chosen":"a","rejected":"a"}                | "chosen" and "rejected" are the same: nothing is preferred
        {"prompt":"q","chosen":"a","rejected":" "}                | "rejected" is empty
        {"prompt":"q","chosen":"","rejected":"b"}                 | "chosen" is empty
        {"prompt":"q","chosen":"a"}                               | "rejected" is missing, expected text
        {"prompt":"q","chosen":["a"],"rejected":"b"}              | "chosen" is a list, expected text
        {"prompt":7,"chosen":"a","rejected":"b"}                  | "prompt" is a number, expected text or a list of messages
        {"chosen":"a","rejected":"b"}                             | "prompt" is missing: then "chosen" must be a list of messages that ends with an answer
        {"prompt":[],"chosen":"a","rejected":"b"}                 | messages[0] is from assistant, expected user: after an optional system message user and assistant take turns
        {"prompt":[{"role":"user"}],"chosen":"a","rejected":"b"}  | prompt[0] has no "content"
        {"prompt":[{"role":"user","content":"q"}],"chosen":[],"rejected":"b"} | "chosen" has 0 messages, expected one from assistant
        {"chosen":[{"role":"user","content":"q"},{"role":"user","content":"a"}],"rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"b"}]} | the last message of "chosen" is not from assistant
        {"chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"rejected":[{"role":"user","content":"Q"},{"role":"assistant","content":"b"}]} | "chosen" and "rejected" differ before their last message, so they do not answer the same
        """)
    void namesWhatIsWrong(String line, String reason) {
        List<Reading> readings = Reads.all(
                "pairs.jsonl", (CHAT + "\n" + line).getBytes(StandardCharsets.UTF_8), DatasetFormat.PREFERENCE);
        assertThat(readings.get(0)).isInstanceOf(PreferenceRow.class);
        assertThat(readings.get(1)).hasToString("pairs.jsonl:2: " + reason);
    }

    @Test
    void editsEveryText() {
        Row edited = Reads.row(CHAT).edited((field, text) -> text + "<" + field + ">");
        assertThat(RowJson.canonical(edited))
                .isEqualTo(
                        "{\"prompt\":[{\"role\":\"system\",\"content\":\"s<prompt[0].content>\"},{\"role\":\"user\",\"content\":\"q<prompt[1].content>\"}],\"chosen\":\"good<chosen>\",\"rejected\":\"bad<rejected>\"}");
        assertThatThrownBy(() -> Reads.row(CHAT).edited((field, text) -> "")).isInstanceOf(RowProblem.class);
    }

    @Test
    void aRowWithMessagesStaysAChat() {
        String row =
                "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}],\"chosen\":\"x\",\"rejected\":\"y\"}";
        assertThat(Reads.row(row)).isInstanceOf(ChatRow.class);
    }
}
