package dev.septet.activities.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlicesTest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @Test
    void eachValueIsASliceAndRowsWithoutAValueAreOne() {
        assertThat(names(null, JSON.textNode("a"), JSON.numberNode(7), JSON.nullNode(), JSON.textNode(" a ")))
                .containsExactly("a", "7", "(none)", "a");
    }

    @ParameterizedTest
    @CsvSource({
        "DAY, 2026-05-31T23:30:00-02:00, 2026-06-01",
        "WEEK, 2027-01-03, 2026-W53",
        "MONTH, 2026-05-31, 2026-05",
        "MONTH, 1780185600, 2026-05",
        "QUARTER, 2026-05-31 10:00, 2026-Q2",
        "YEAR, 1999-12-31T23:59:59Z, 1999"
    })
    void timesFallIntoPeriodsOfUtc(SliceSpec.Period every, String time, String slice) {
        assertThat(names(every, JSON.textNode(time))).containsExactly(slice);
    }

    @Test
    void refusesAColumnThatNoRowHas() {
        assertThatThrownBy(() -> names(null, JSON.nullNode(), JSON.textNode(" ")))
                .hasMessage(
                        "evaluate: `slices by: 'topic'`: no row has a value in this column; correct its name, or add"
                                + " the column to the rows");
        assertThatThrownBy(() ->
                        Slices.names(new SliceSpec("other", null, null, null, null), rows(List.of(JSON.textNode("a")))))
                .hasMessageContaining("'other'");
    }

    @Test
    void refusesAColumnOfIdsAndAValueThatIsNoTimeWithoutShowingIt() {
        JsonNode[] ids = IntStream.rangeClosed(0, Slices.MAX_SLICES)
                .mapToObj(JSON::numberNode)
                .toArray(JsonNode[]::new);
        assertThatThrownBy(() -> names(null, ids)).hasMessageContaining("more than 200 slices");
        assertThatThrownBy(() -> names(SliceSpec.Period.MONTH, JSON.textNode("last spring")))
                .hasMessageContaining("gold.jsonl:1: \"topic\" is no time")
                .hasMessageNotContaining("last spring");
    }

    private static List<String> names(SliceSpec.@Nullable Period every, JsonNode... values) {
        return Slices.names(new SliceSpec("topic", null, null, every, null), rows(Arrays.asList(values)));
    }

    private static EvaluationRows rows(List<JsonNode> values) {
        List<Row> rows = IntStream.rangeClosed(1, values.size())
                .<Row>mapToObj(line -> new CompletionRow("q", "a", new RowPlace("gold.jsonl", line)))
                .toList();
        return new EvaluationRows(
                rows,
                "0".repeat(64),
                OptionalInt.empty(),
                OptionalInt.empty(),
                values.stream()
                        .map(value -> new RowMeta(Map.of("topic", value)))
                        .toList(),
                AnswerNeeds.NONE,
                0);
    }
}
