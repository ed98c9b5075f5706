package dev.septet.activities.dataset.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.DatasetReader;
import dev.septet.activities.dataset.Reads;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.transform.Transforms;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.FilterSpec;
import dev.septet.dsl.pipeline.prepare.MapSpec;
import dev.septet.dsl.pipeline.prepare.TransformSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A field that changes what a row teaches is never dropped in silence. */
class UnsupportedFieldsTest {
    private static final String WHY =
            " changes what the row teaches, but Septet does not train on it; remove the field, or"
                    + " read it in `filter` or `map`";

    @TempDir
    Path folder;

    private static String chat(String row, String message) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"%s}]%s}"
                .formatted(message, row);
    }

    private static String read(String line) {
        return Reads.printed("rows.jsonl", line).get(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        loss_mask            | [0,1]
        images               | ["a.png"]
        chat_template_kwargs | {"enable_thinking":true}
        """)
    void namesTheFieldOfTheRowAndOfTheMessage(String name, String value) {
        String field = ",\"%s\":%s".formatted(name, value);
        assertThat(read(chat(field, ""))).isEqualTo("rows.jsonl:1: \"" + name + "\"" + WHY);
        assertThat(read(chat("", field))).isEqualTo("rows.jsonl:1: messages[1]." + name + WHY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"channel", "refusal", "prefix"})
    void namesWhatOnlyMessagesHave(String name) {
        assertThat(read(chat("", ",\"" + name + "\":\"x\""))).endsWith("messages[1]." + name + WHY);
        assertThat(read(chat(",\"" + name + "\":\"x\"", ""))).startsWith("{\"messages\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt\":\"p\",\"completion\":\"c\",\"label\":true}",
                "{\"text\":\"t\",\"label\":1}",
                "{\"instruction\":\"i\",\"output\":\"o\",\"label\":\"good\"}",
                "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"label\":0}",
            })
    void namesTheLabelInEveryShape(String row) {
        assertThat(read(row)).startsWith("rows.jsonl:1: \"label\"" + WHY);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        tool_calls           | [{"id":"1"}]
        function_call        | {"name":"f"}
        reasoning_content    | "because"
        thinking             | "hm"
        weight               | 0.5
        train                | false
        """)
    void namesTheFieldOfAMessageBesideTheMessages(String name, String value) {
        assertThat(read(chat(",\"%s\":%s".formatted(name, value), "")))
                .isEqualTo("rows.jsonl:1: \"" + name + "\"" + WHY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"text\":\"t\",\"tools\":[{\"name\":\"f\"}]}",
                "{\"prompt\":\"p\",\"completion\":\"c\",\"tools\":[{\"name\":\"f\"}]}",
                "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\",\"tools\":[{\"name\":\"f\"}]}",
            })
    void namesToolsOfRowsWithoutMessages(String row) {
        assertThat(read(row)).isEqualTo("rows.jsonl:1: \"tools\"" + WHY);
    }

    @Test
    void namesTheMessageOfAPair() {
        assertThat(
                        read(
                                "{\"prompt\":[{\"role\":\"user\",\"content\":\"q\"}],\"chosen\":[{\"role\":\"assistant\",\"content\":\"a\",\"prefix\":\"x\"}],\"rejected\":\"b\"}"))
                .isEqualTo("rows.jsonl:1: chosen[0].prefix" + WHY);
    }

    @Test
    void namesASystemTextThatWouldNotBeLearned() {
        assertThat(read(chat(",\"system\":\"Be brief.\"", "")))
                .isEqualTo("rows.jsonl:1: \"system\" stands beside \"messages\" and would not be"
                        + " learned; make it the first message, from system");
        assertThat(read("{\"prompt\":\"p\",\"completion\":\"c\",\"system\":\"s\"}"))
                .isEqualTo("rows.jsonl:1: \"system\"" + WHY);
        assertThat(read("{\"instruction\":\"i\",\"output\":\"o\",\"system\":\"s\"}"))
                .startsWith("{\"messages\":[{\"role\":\"system\"");
    }

    @Test
    void keepsMetadataAndWhatAsksForNothing() {
        assertThat(read(chat(
                        ",\"id\":7,\"topic\":\"x\",\"source_url\":\"y\",\"name\":\"z\",\"tools\":[],\"label\":null,\"weight\":1",
                        ",\"tool_calls\":null,\"reasoning_content\":\"\",\"weight\":1,\"train\":true")))
                .isEqualTo(chat(",\"source\":\"rows.jsonl:1\"", ""));
        assertThat(read(chat("", "").replace("\"q\"", "\"q\",\"weight\":0,\"train\":false")))
                .startsWith("{\"messages\"");
        assertThat(read(chat("", "").replace("\"q\"", "\"q\",\"train\":true")))
                .isEqualTo("rows.jsonl:1: messages[0].train" + WHY);
    }

    @Test
    void readsColumnsOfCommaSeparatedValues() {
        assertThat(Reads.printed("rows.csv", "prompt,completion,label\na,b,good\nc,d,\n"))
                .containsExactly(
                        "rows.csv:2: \"label\"" + WHY + ", or learn only good answers with `format: kto`",
                        "{\"prompt\":\"c\",\"completion\":\"d\",\"source\":\"rows.csv:3\"}");
    }

    @Test
    void keepsWhatAnExpressionReads() throws IOException {
        String row = "{\"text\":\"t\",\"label\":1,\"weight\":0.5}";
        TransformSpec good = new FilterSpec(expression("row.text == 'x' || row.label == 1"));
        TransformSpec heavy = new MapSpec(Map.of("text", expression("row.text + row.weight")));
        assertThat(edited(row)).startsWith("rows.jsonl:1: \"label\"" + WHY);
        assertThat(edited(row, good)).isEqualTo("rows.jsonl:1: \"weight\"" + WHY);
        assertThat(edited(row, good, heavy)).isEqualTo("{\"text\":\"t0.5\",\"source\":\"rows.jsonl:1\"}");
        assertThat(edited("{\"text\":\"x\",\"label\":2}", good)).startsWith("{\"text\"");
    }

    private static ExpressionSpec expression(String text) {
        return new ExpressionSpec(text, "p.groovy", 3, 7);
    }

    private @Nullable String edited(String line, TransformSpec... transforms) throws IOException {
        Path file = folder.resolve("rows.jsonl");
        Files.writeString(file, line + "\n");
        try (DatasetReader reader = DatasetReader.open(
                new SourceFile(file, "rows.jsonl"), DatasetFormat.AUTO, new Transforms(Arrays.asList(transforms)))) {
            return reader.next().map(Reads::print).orElse(null);
        }
    }
}
