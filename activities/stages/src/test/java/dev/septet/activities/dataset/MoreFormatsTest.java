package dev.septet.activities.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.dataset.transform.Transforms;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.FilterSpec;
import dev.septet.dsl.pipeline.prepare.MapSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.RowNamesSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.dsl.pipeline.prepare.TransformSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Formats of other tools, files with other names, and how a format is decided. */
class MoreFormatsTest {
    private static final String QUESTION = "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},";

    @TempDir
    Path folder;

    private static String read(String line) {
        return Reads.printed("rows.jsonl", line).get(0);
    }

    private static String read(String line, DatasetFormat format) {
        return Reads.print(Reads.all("rows.jsonl", line.getBytes(StandardCharsets.UTF_8), format)
                .get(0));
    }

    @Test
    void readsShareGpt() {
        assertThat(read("{\"conversations\":[{\"from\":\"human\",\"value\":\"Time?\"},"
                        + "{\"from\":\"function_call\",\"value\":\"{\\\"name\\\":\\\"clock\\\",\\\"arguments\\\":{\\\"zone\\\":\\\"CET\\\"}}\"},"
                        + "{\"from\":\"observation\",\"value\":\"12:00\"},{\"from\":\"gpt\",\"value\":\"Noon.\",\"weight\":1},"
                        + "{\"from\":\"human\",\"value\":\"Thanks\"},{\"from\":\"gpt\",\"value\":\"Bye.\",\"train\":false}],\"system\":\"Be"
                        + " brief.\",\"tools\":\"[{\\\"name\\\":\\\"clock\\\"}]\"}"))
                .isEqualTo("{\"messages\":[{\"role\":\"system\",\"content\":\"Be"
                        + " brief.\"},{\"role\":\"user\",\"content\":\"Time?\"},"
                        + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"type\":\"function\",\"function\":{\"name\":\"clock\",\"arguments\":{\"zone\":\"CET\"}}}]},"
                        + "{\"role\":\"tool\",\"content\":\"12:00\"},{\"role\":\"assistant\",\"content\":\"Noon.\"},"
                        + "{\"role\":\"user\",\"content\":\"Thanks\"},{\"role\":\"assistant\",\"content\":\"Bye.\",\"weight\":0}],"
                        + "\"tools\":[{\"name\":\"clock\"}],\"source\":\"rows.jsonl:1\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        {"conversations":"x"}                                  | "conversations" is text, expected a list of messages
        {"conversations":["x"]}                                | conversations[0] is text, expected {"from", "value"}
        {"conversations":[{"value":"x"}]}                      | conversations[0].from must be human, gpt, system, function_call or observation, got nothing; declare other words with `roles`
        {"conversations":[{"from":"secret","value":"x"}]}      | conversations[0].from must be human, gpt, system, function_call or observation, got another word; declare other words with `roles`
        {"conversations":[{"from":"function_call","value":"x"}]} | conversations[0].value is not the JSON of a call, expected {"name", "arguments"} or a list of them
        {"conversations":[{"from":"human"}]}                   | conversations[0] has no "content"
        {"prompt":"p","responses":["a"]}                       | "responses" has 1 answers, expected at least two
        {"prompt":"p","responses":["a",3,"b"]}                 | responses[1] is a number, expected text
        {"prompt":"p","responses":["a","a"]}                   | "chosen" and "rejected" are the same: nothing is preferred
        {"prompt":[],"completion":"c"}                         | "prompt" and "completion" must be two texts or two lists of messages
        {"text":"t","label":1}                                 | "label" changes what the row teaches, but Septet does not train on it; remove the field, or read it in `filter` or `map`, or learn it as the answer with `format: classification`
        {"prompt":"p","completion":"c","label":true}           | "label" changes what the row teaches, but Septet does not train on it; remove the field, or read it in `filter` or `map`, or learn only good answers with `format: kto`
        """)
    void namesWhatIsWrong(String row, String reason) {
        assertThat(read(row)).isEqualTo("rows.jsonl:1: " + reason);
    }

    @Test
    void readsPairsOfShareGpt() {
        assertThat(
                        read(
                                "{\"conversations\":[{\"from\":\"human\",\"value\":\"q\"}],"
                                        + "\"chosen\":{\"from\":\"gpt\",\"value\":\"a\"},\"rejected\":{\"from\":\"gpt\",\"value\":\"b\"}}"))
                .isEqualTo(
                        "{\"prompt\":[{\"role\":\"user\",\"content\":\"q\"}],\"chosen\":\"a\",\"rejected\":\"b\",\"source\":\"rows.jsonl:1\"}");
    }

    @Test
    void readsTheBestAndTheWorstOfRankedAnswers() {
        assertThat(read("{\"prompt\":\"p\",\"responses\":[\"a\",\"b\",\"c\"]}"))
                .isEqualTo("{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"c\",\"source\":\"rows.jsonl:1\"}");
        assertThat(read("{\"prompt\":[{\"role\":\"user\",\"content\":\"q\"}],\"responses\":[\"a\",\"b\"]}"))
                .isEqualTo(
                        "{\"prompt\":[{\"role\":\"user\",\"content\":\"q\"}],\"chosen\":\"a\",\"rejected\":\"b\",\"source\":\"rows.jsonl:1\"}");
    }

    @Test
    void learnsOnlyTheCompletionOfTwoListsOfMessages() {
        assertThat(read(
                        "{\"prompt\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"r\"}],"
                                + "\"completion\":[{\"role\":\"assistant\",\"content\":\"b\"}]}"))
                .isEqualTo(
                        QUESTION + "{\"role\":\"assistant\",\"content\":\"a\",\"weight\":0},"
                                + "{\"role\":\"user\",\"content\":\"r\"},{\"role\":\"assistant\",\"content\":\"b\"}],\"source\":\"rows.jsonl:1\"}");
    }

    @Test
    void readsClassificationsAndGoodAnswers() {
        assertThat(read("{\"text\":\"q\",\"label\":3}", DatasetFormat.CLASSIFICATION))
                .isEqualTo(QUESTION + "{\"role\":\"assistant\",\"content\":\"3\"}],\"source\":\"rows.jsonl:1\"}");
        assertThat(read("{\"text\":\"q\",\"label\":\" \"}", DatasetFormat.CLASSIFICATION))
                .isEqualTo("rows.jsonl:1: \"label\" is empty");
        assertThat(read("{\"prompt\":\"p\",\"completion\":\"c\",\"label\":true}", DatasetFormat.KTO))
                .isEqualTo("{\"prompt\":\"p\",\"completion\":\"c\",\"source\":\"rows.jsonl:1\"}");
        assertThat(Reads.all(
                                "rows.jsonl",
                                "{\"prompt\":\"p\",\"completion\":\"c\",\"label\":false}"
                                        .getBytes(StandardCharsets.UTF_8),
                                DatasetFormat.KTO)
                        .get(0))
                .isInstanceOf(ExcludedRow.class);
        assertThat(read("{\"prompt\":\"p\",\"completion\":\"c\"}", DatasetFormat.KTO))
                .isEqualTo("rows.jsonl:1: \"label\" must be true or false: is the answer good?");
    }

    @Test
    void namesTwoRowsThatDifferWhenTheFirstIsTheOddOne() {
        String other = "{\"prompt\":\"p\",\"completion\":\"c\"}\n";
        assertThatThrownBy(() -> Reads.printed("rows.jsonl", "{\"text\":\"a\"}\nno json\n{\"id\":1}\n" + other + other))
                .isInstanceOf(DatasetProblem.class)
                .hasMessage("rows.jsonl:1 has the fields of text, but most of the first 3 rows do not; rows.jsonl:4 has"
                        + " those of completion. A file has rows of one format: name it with `format:`, or make two"
                        + " files");
        assertThat(Reads.printed("rows.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n" + other))
                .as("a single row of another format is a bad row, as it always was")
                .hasSize(3)
                .contains("rows.jsonl:3: \"text\" is missing, expected text");
    }

    @Test
    void comparesOnlyTheFirstRows() {
        String rows = "{\"text\":\"a\"}\n".repeat(100) + "{\"prompt\":\"p\",\"completion\":\"c\"}\n";
        List<String> read = Reads.printed("rows.jsonl", rows);
        assertThat(read).hasSize(101);
        assertThat(read.get(100)).isEqualTo("rows.jsonl:101: \"text\" is missing, expected text");
    }

    @Test
    void saysWhyRowsHaveTheirFormat() throws IOException {
        try (DatasetReader reader = open("{\"text\":\"a\"}\n{\"text\":\"b\"}\n", null)) {
            assertThat(reader.decision()).isEmpty();
            assertThat(reader.next()).isPresent();
            assertThat(reader.decision().orElseThrow().reason().toString())
                    .isEqualTo("the fields of rows.jsonl:1; the first 2 rows agree");
            assertThat(reader.format()).isEqualTo(DatasetFormat.TEXT);
        }
    }

    @Test
    void readsOtherNames() throws IOException {
        RowNamesSpec names = new RowNamesSpec(Map.of("prompt", "question", "completion", "prompt"), Map.of());
        assertThat(printed("{\"question\":\"p\",\"prompt\":\"c\",\"id\":7}\n{\"question\":\"p\"}\n", names))
                .containsExactly(
                        "{\"prompt\":\"p\",\"completion\":\"c\",\"source\":\"rows.jsonl:1\"}",
                        "rows.jsonl:2: \"prompt\" is missing, which `columns` reads as completion");
        RowNamesSpec roles = new RowNamesSpec(
                Map.of("conversations", "turns"), Map.of("user", "customer", "assistant", "agent", "call", "action"));
        assertThat(printed(
                        "{\"turns\":[{\"from\":\"customer\",\"value\":\"q\"},{\"from\":\"agent\",\"value\":\"a\"}]}\n",
                        roles))
                .containsExactly(QUESTION + "{\"role\":\"assistant\",\"content\":\"a\"}],\"source\":\"rows.jsonl:1\"}");
    }

    @Test
    void hasThePromptAndTheAnswerOfEveryFormat() throws IOException {
        TransformSpec shown = new MapSpec(Map.of("answer", expression("row.prompt + '/' + row.answer")));
        assertThat(printed(
                        "{\"conversations\":[{\"from\":\"human\",\"value\":\"q\"},{\"from\":\"function_call\",\"value\":\"{\\\"name\\\":\\\"f\\\"}\"},{\"from\":\"observation\",\"value\":\"o\"},{\"from\":\"gpt\",\"value\":\"a\"}]}\n",
                        null,
                        shown))
                .singleElement()
                .asString()
                .contains("\"content\":\"q/a\"");
        TransformSpec calls = new FilterSpec(expression("row.answer.contains('clock')"));
        String row = QUESTION
                + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"type\":\"function\",\"function\":{\"name\":\"clock\",\"arguments\":{}}}]}]";
        assertThat(printed(row + "}\n", null, calls)).containsExactly(row + ",\"source\":\"rows.jsonl:1\"}");
    }

    private static ExpressionSpec expression(String text) {
        return new ExpressionSpec(text, "p.groovy", 3, 7);
    }

    private List<String> printed(String rows, @Nullable RowNamesSpec names, TransformSpec... transforms)
            throws IOException {
        List<String> printed = new ArrayList<>();
        try (DatasetReader reader = open(rows, names, transforms)) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                printed.add(Reads.print(next.get()));
            }
        }
        return printed;
    }

    private DatasetReader open(String rows, @Nullable RowNamesSpec names, TransformSpec... transforms)
            throws IOException {
        Path file = folder.resolve("rows.jsonl");
        Files.writeString(file, rows);
        PrepareSpec spec = new PrepareSpec(
                        "rows.jsonl",
                        null,
                        DatasetFormat.AUTO,
                        0,
                        List.of(transforms),
                        false,
                        null,
                        SplitSpec.DEFAULT,
                        64,
                        PrepareSpec.DEFAULT_POLICY)
                .with(names);
        return DatasetReader.open(
                new SourceFile(file, "rows.jsonl"), spec, new Transforms(spec.transforms()), RowSample.WHOLE);
    }
}
