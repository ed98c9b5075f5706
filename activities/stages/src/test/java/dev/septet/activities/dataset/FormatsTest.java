package dev.septet.activities.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Each container and shape, from the text of a file to canonical rows. */
class FormatsTest {
    @Test
    void readsChat() {
        Row row = Reads.row(
                "{\"id\":7,\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"content\":\"q\",\"role\":\"user\"},{\"role\":\"assistant\",\"content\":\"a\"}]}");
        assertThat(RowJson.canonical(row))
                .isEqualTo(
                        "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}]}");
        assertThat(row.promptText()).isEqualTo("q");
        assertThat(row.reference()).contains("a");
        assertThat(((ChatRow) row).prompt()).hasSize(2);
    }

    @Test
    void readsAlpacaAsChat() {
        Row row = Reads.row("{\"instruction\":\"Add\",\"input\":\"1"
                + " 2\",\"output\":\"3\",\"history\":[[\"x\",\"y\"]],\"system\":\"s\"}");
        assertThat(RowJson.canonical(row))
                .isEqualTo(
                        "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":\"y\"},{\"role\":\"user\",\"content\":\"Add\\n"
                                + "\\n"
                                + "1 2\"},{\"role\":\"assistant\",\"content\":\"3\"}]}");
        assertThat(Reads.printed("a.jsonl", "{\"instruction\":\"Add\",\"output\":\"\"}"))
                .containsExactly("a.jsonl:1: \"output\" is empty");
    }

    @Test
    void readsCompletionsAndText() {
        Row completion = Reads.row("{\"prompt\":\"1+1=\",\"completion\":\"2\"}");
        assertThat(completion).isInstanceOf(CompletionRow.class);
        assertThat(completion.promptText()).isEqualTo("1+1=");
        Row text = Reads.row("{\"text\":\"once\"}");
        assertThat(text.reference()).isEmpty();
        assertThat(RowJson.line(text)).isEqualTo("{\"text\":\"once\",\"source\":\"rows.jsonl:1\"}");
    }

    @Test
    void readsAListAndKeepsItsLines() {
        String file = "\n[\n {\"text\": \"one ] \\\" }\"},\n {\"text\":\n  2},\n {\"text\":\"three\"} ]\n";
        assertThat(Reads.printed("rows.json", file))
                .containsExactly(
                        "{\"text\":\"one ] \\\" }\",\"source\":\"rows.json:3\"}",
                        "rows.json:4: \"text\" is a number, expected text",
                        "{\"text\":\"three\",\"source\":\"rows.json:6\"}");
        assertThat(Reads.printed("rows.json", "[]")).isEmpty();
    }

    @Test
    void saysWhereAListBreaks() {
        assertThat(Reads.printed("rows.json", "[{\"text\":\"a\"},\n{\"text\":\"b\""))
                .endsWith("rows.json:2: a quotation or bracket that opens in it is never closed");
        assertThatThrownBy(() -> Reads.printed("rows.json", "[{\"text\":\"a\"},\n]"))
                .hasMessage("rows.json:2: expected a row; nothing after this place can be read");
        assertThatThrownBy(() -> Reads.printed("rows.json", "[{\"text\":\"a\"}]\nmore"))
                .hasMessageStartingWith("rows.json:2: expected nothing after the list's ]");
        assertThatThrownBy(() -> Reads.printed("rows.txt", "hello"))
                .hasMessage("rows.txt: is neither JSON nor named .csv; expected a .jsonl, .json or .csv" + " file");
    }

    @Test
    void readsCommaSeparatedValues() {
        String file = "\uFEFFprompt,completion,id\r\n\"a, \"\"b\"\"\nc\",d,1\r\ntwo,fields\r\n\r\nlast 5\" pipe,x,2";
        assertThat(Reads.printed("rows.csv", file))
                .containsExactly(
                        "{\"prompt\":\"a, \\\"b\\\"\\n" + "c\",\"completion\":\"d\",\"source\":\"rows.csv:2\"}",
                        "rows.csv:4: has 2 fields, but the header names 3",
                        "{\"prompt\":\"last 5\\\"" + " pipe\",\"completion\":\"x\",\"source\":\"rows.csv:6\"}");
        assertThat(Reads.printed("rows.csv", "text\n\"never closed\nat all\n"))
                .containsExactly("rows.csv:2: a quotation or bracket that opens in it is never closed");
        assertThatThrownBy(() -> Reads.printed("rows.csv", "text,text\na,b"))
                .hasMessage("rows.csv:1: the header of 2 columns names a column twice or leaves one"
                        + " without a name; is the header missing?");
    }

    @Test
    void equalRowsHaveEqualDigests() {
        Row row = Reads.row("{\"text\":\"caf\\u00e9  au\\nlait \"}");
        Row same = Reads.row("{\"text\":\"cafe\\u0301 au lait\"}");
        Row other = Reads.row("{\"text\":\"Cafe\\u0301 au lait\"}");
        assertThat(RowJson.digest(row)).isEqualTo(RowJson.digest(same));
        assertThat(RowJson.digest(row)).isNotEqualTo(RowJson.digest(other));
    }
}
