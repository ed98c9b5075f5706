package dev.septet.activities.dataset.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.prepare.FilterSpec;
import dev.septet.dsl.pipeline.prepare.MapSpec;
import dev.septet.dsl.pipeline.prepare.TransformSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransformsTest {
    private static final String CHAT = """
        {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes "},
         {"role":"user","content":"Sure?"},{"role":"assistant","content":" No."}],"lang":"en"}
        """;
    private static final String ALPACA = "{\"instruction\":\"Add\",\"input\":\"1 2\",\"output\":\"3\"}";

    private static ExpressionSpec expression(String text) {
        return new ExpressionSpec(text, "p.groovy", 3, 7);
    }

    private static TransformSpec filter(String text) {
        return new FilterSpec(expression(text));
    }

    private static TransformSpec map(String field, String text) {
        return new MapSpec(Map.of(field, expression(text)));
    }

    private static ObjectNode record(String json) throws Exception {
        return (ObjectNode) SpecJson.mapper().readTree(json);
    }

    private static boolean apply(ObjectNode record, TransformSpec... specs) {
        return new Transforms(Arrays.asList(specs)).apply(record, new RowPlace("rows.jsonl", 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "row.answer == ' No.' && row.prompt == 'Sure?'",
                "row.messages.size() == 4 && row.messages[0].role == 'user'",
                "row.messages.first().content =~ 'H'",
                "row.lang in ['en']"
            })
    void seesAChat(String expression) throws Exception {
        assertThat(apply(record(CHAT), filter(expression))).isTrue();
        assertThat(apply(record(CHAT), filter("!(" + expression + " || false)")))
                .isFalse();
    }

    @Test
    void seesAnInstructionAndACompletion() throws Exception {
        assertThat(apply(record(ALPACA), filter("row.prompt == 'Add\\n\\n1 2' && row.answer == '3'")))
                .isTrue();
        assertThat(apply(record("{\"prompt\":\"a\",\"completion\":\"b\"}"), filter("row.prompt + row.answer == 'ab'")))
                .isTrue();
    }

    @Test
    void setsWhatStandsForAFieldInTheFormat() throws Exception {
        ObjectNode chat = record(CHAT);
        apply(chat, map("answer", "row.answer.trim()"), map("prompt", "row.answer + row.prompt"));
        assertThat(chat.at("/messages/3/content").asText()).isEqualTo("No.");
        assertThat(chat.at("/messages/2/content").asText()).isEqualTo("No.Sure?");
        ObjectNode alpaca = record(ALPACA);
        apply(alpaca, map("prompt", "row.prompt.toUpperCase()"), map("answer", "'4'"));
        assertThat(alpaca).hasToString("{\"instruction\":\"ADD\\n\\n1 2\",\"output\":\"4\"}");
    }

    @Test
    void makesRowsOfOtherColumns() throws Exception {
        ObjectNode record = record("{\"question\":\"q\",\"reply\":\"r\"}");
        var fields = Map.of("prompt", expression("row.question"), "completion", expression("row.reply"));
        assertThat(apply(record, new MapSpec(fields))).isTrue();
        assertThat(record.get("prompt").asText() + record.get("completion").asText())
                .isEqualTo("qr");
    }

    @Test
    void mapsSeeTheRowAsItWasBefore() throws Exception {
        ObjectNode record = record("{\"a\":1,\"b\":2.5,\"c\":[true]}");
        apply(record, new MapSpec(Map.of("a", expression("row.b"), "b", expression("row.a"))));
        assertThat(record).hasToString("{\"a\":2.5,\"b\":1,\"c\":[true]}");
    }

    @Test
    void saysWhichRowDoesNotFit() {
        assertThatThrownBy(() -> apply(record(CHAT), filter("row.votes > 3")))
                .isInstanceOf(RowProblem.class)
                .hasMessage("does not fit the expression at p.groovy:3:7: `row.votes` is missing, but"
                        + " `>` takes a value");
    }

    @Test
    void stopsAnExpressionThatNeverEnds() {
        String bomb = "row.lang" + ".replace('e', 'eeeeeeeeeeeeeeee')".repeat(20) + " == ''";
        assertThatThrownBy(() -> apply(record(CHAT), filter(bomb)))
                .isInstanceOfSatisfying(
                        DatasetProblem.class, e -> assertThat(e.blame()).isEqualTo(DatasetProblem.Blame.PIPELINE))
                .hasMessage("p.groovy:3:7: makes a text of more than 1,048,576 characters, which is the limit"
                        + " (at the row rows.jsonl:4); make the expression simpler");
    }

    @Test
    void leavesRowsAloneWithoutTransforms() throws Exception {
        ObjectNode record = record(CHAT);
        assertThat(new Transforms(List.of()).apply(record, new RowPlace("rows.jsonl", 1)))
                .isTrue();
        assertThat(record).isEqualTo(record(CHAT));
    }
}
