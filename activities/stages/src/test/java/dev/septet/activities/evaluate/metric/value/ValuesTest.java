package dev.septet.activities.evaluate.metric.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.answer.JsonSchema;
import dev.septet.activities.answer.JsonValues;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.MetricGoldens;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers, JSON and schemas against GSM8K's expression, Python's json and jsonschema; see make.py beside the goldens. */
class ValuesTest {
    private static final JsonNode GOLDEN = MetricGoldens.of(ValuesTest.class, "values.json");

    @Test
    void findsTheNumbersOfGsm8k() {
        assertThat(GOLDEN.path("numbers")).hasSizeGreaterThan(100);
        for (JsonNode golden : GOLDEN.path("numbers")) {
            assertThat(NumericAnswer.number(golden.path("text").asText()).orElseThrow())
                    .as(golden.toString())
                    .isEqualByComparingTo(new BigDecimal(golden.path("number").asText()));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The answer is 42.|42",
                "It costs $1,234.50 today|1234.50",
                "5-3|3",
                "minus −7|-7",
                "first 3, then 4|4",
                "1,2|2",
                "v1.2.3|3",
                "1e3 metres|1000",
                ".5|0.5",
                "#### 7 apples and 8 pears|7",
                "#### 1 no: #### 2|2",
            })
    void findsTheFinalNumber(String text, String number) {
        assertThat(NumericAnswer.number(text).orElseThrow()).isEqualByComparingTo(new BigDecimal(number));
    }

    @Test
    void countsAnAnswerWithoutANumberAsWrongAndRefusesSuchAReference() {
        Metric metric = Metrics.named("numericAnswer");
        assertThat(MetricGoldens.score(metric, "#### 3", "no idea")).isZero();
        assertThat(MetricGoldens.score(metric, "#### 3", "9".repeat(5000))).isZero();
        assertThat(MetricGoldens.score(metric, "#### 3", "it is 3.0")).isOne();
        assertThat(metric.misfit(List.of("3", "none")).orElseThrow().row()).isEqualTo(1);
        Metric near = metric.with(MetricArguments.tolerance(0.1));
        assertThat(MetricGoldens.score(near, "1", "1.1")).isOne();
        assertThat(MetricGoldens.score(near, "1", "1.11")).isZero();
    }

    @Test
    void readsJsonAsPythonDoes() {
        for (JsonNode golden : GOLDEN.path("texts")) {
            assertThat(JsonValues.strict(golden.path("text").asText()).isPresent())
                    .as(golden.toString())
                    .isEqualTo(golden.path("json").asBoolean());
        }
        assertThat(JsonValues.strict("[".repeat(5000) + "]".repeat(5000))).isEmpty();
        assertThat(JsonValues.strict("1e999999999")).isEmpty();
        assertThat(JsonValues.strict("{\"a\": 1, \"a\": 2}")).isEmpty();
        assertThat(JsonValues.answered("```json\n{\"a\": 1}\n```")).isPresent();
        assertThat(JsonValues.answered("```")).isEmpty();
    }

    @Test
    void checksSchemasAsJsonschemaDoes() {
        for (JsonNode golden : GOLDEN.path("schemas")) {
            JsonSchema schema = JsonSchema.of(golden.path("schema").toString());
            for (int at = 0; at < GOLDEN.path("values").size(); at++) {
                JsonNode value = JsonValues.strict(GOLDEN.path("values").get(at).toString())
                        .orElseThrow();
                assertThat(schema.accepts(value))
                        .as("%s of %s", value, golden.path("schema"))
                        .isEqualTo(golden.path("valid").get(at).asBoolean());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1]|# is not an object, true or false",
                "{|the file is not one strict JSON value",
                "{\"unevaluatedItems\": false}|#/unevaluatedItems is a keyword that is not supported",
                "{\"properties\": {\"a\": {\"typ\": 1}}}|#/properties/a/typ is a keyword that is not supported",
                "{\"type\": \"text\"}|#/type is not a type",
                "{\"$ref\": \"https://example.com/x\"}|#/$ref leads nowhere",
                "{\"$ref\": \"#\"}|has a `$ref` that leads to itself without end",
                "{\"$defs\": {\"a\": {\"anyOf\": [{\"$ref\": \"#/$defs/a\"}]}}}|without end",
                "{\"pattern\": \"a(?=b)\"}|#/pattern: `(?` begins only",
                "{\"items\": [{}]}|write `prefixItems`",
                "{\"multipleOf\": 0}|#/multipleOf is not above 0",
            })
    void refusesWhatItDoesNotUnderstand(String schema, String message) {
        assertThatThrownBy(() -> JsonSchema.of(schema)).hasMessageContaining(message);
    }

    @Test
    void endsOnSchemasThatGrow() {
        StringBuilder laughs = new StringBuilder("{\"$ref\": \"#/$defs/d0\", \"$defs\": {");
        for (int at = 0; at < 40; at++) {
            laughs.append(String.format(
                    Locale.ROOT,
                    "\"d%d\": {\"allOf\": [{\"$ref\": \"#/$defs/d%d\"}, {\"$ref\": \"#/$defs/d%d\"}]},",
                    at,
                    at + 1,
                    at + 1));
        }
        JsonSchema schema = JsonSchema.of(laughs + "\"d40\": {}}}");
        assertThat(schema.accepts(JsonValues.strict("1").orElseThrow())).isFalse();
    }

    @Test
    void boundsTheDepthOfReferences() {
        String chain = IntStream.range(0, 20_000)
                .mapToObj(at -> String.format(Locale.ROOT, "\"d%d\": {\"$ref\": \"#/$defs/d%d\"}", at, at + 1))
                .collect(Collectors.joining(", "));
        assertThatThrownBy(() -> JsonSchema.of("{\"$defs\": {%s, \"d20000\": {}}}".formatted(chain)))
                .hasMessageContaining("too many `$ref` in a row");
        String turned = IntStream.range(0, 20_000)
                .mapToObj(at -> String.format(Locale.ROOT, "\"d%d\": {\"$ref\": \"#/$defs/d%d\"}", at + 1, at))
                .collect(Collectors.joining(", "));
        JsonSchema schema =
                JsonSchema.of("{\"$defs\": {\"d0\": {}, %s}, \"properties\": {\"a\": {\"$ref\": \"#/$defs/d20000\"}}}"
                        .formatted(turned));
        assertThat(schema.accepts(JsonValues.strict("{\"a\": 1}").orElseThrow()))
                .isFalse();
        assertThat(schema.accepts(JsonValues.strict("{\"b\": 1}").orElseThrow()))
                .isTrue();
    }

    @Test
    void scoresJsonFields() {
        Metric metric = Metrics.named("jsonFields");
        String expected = "{\"a\": 1, \"b\": [1, 2], \"c\": {\"d\": null}}";
        assertThat(MetricGoldens.score(metric, expected, "{\"c\":{\"d\":null},\"b\":[1,2.0],\"a\":1.0}"))
                .isOne();
        assertThat(MetricGoldens.score(metric, expected, "{\"a\": 1, \"b\": [2, 1]}"))
                .isEqualTo(1.0 / 3);
        assertThat(MetricGoldens.score(metric, "{\"a\": 1}", "{\"a\": 1, \"invented\": 2}"))
                .isEqualTo(0.5);
        assertThat(MetricGoldens.score(metric, expected, "not JSON")).isZero();
        assertThat(metric.misfit(List.of("{}", "text")).orElseThrow().row()).isEqualTo(1);
    }

    @Test
    void comparesCallsInAnyOrderWithArgumentsAsJson() {
        Metric calls = Metrics.named("toolCalls");
        Metric names = Metrics.named("toolNames");
        String two = "[{\"arguments\":{\"city\":\"Ulm\",\"n\":1},\"name\":\"weather\"},"
                + "{\"arguments\":{},\"name\":\"time\"}]";
        String turned = "Let me look.\n[{\"name\":\"time\",\"arguments\":{}},"
                + "{\"name\":\"weather\",\"arguments\":{\"n\":1.0,\"city\":\"Ulm\"}}]";
        String other = "[{\"name\":\"time\",\"arguments\":{}},{\"name\":\"weather\",\"arguments\":{}}]";
        assertThat(MetricGoldens.score(calls, two, turned)).isOne();
        assertThat(MetricGoldens.score(calls, two, other)).isZero();
        assertThat(MetricGoldens.score(names, two, other)).isOne();
        assertThat(MetricGoldens.score(names, two, "[{\"name\":\"time\",\"arguments\":{}}]"))
                .isZero();
        assertThat(MetricGoldens.score(calls, two, "no call")).isZero();
        assertThat(MetricGoldens.score(calls, "no call", two)).isZero();
        assertThat(MetricGoldens.score(calls, "no call", "other text")).isOne();
        assertThat(calls.misfit(List.of("text", "[]")).orElseThrow().row()).isZero();
        assertThat(calls.misfit(List.of("text", two))).isEmpty();
    }

    @Test
    void findsAPatternInBoundedTime() {
        Metric metric = Metrics.named("regex").with(MetricArguments.pattern("(a+)+$"));
        assertThat(MetricGoldens.score(metric, "", "xaa")).isOne();
        assertThat(MetricGoldens.score(metric, "", "a".repeat(20_000) + "b")).isZero();
    }

    @Test
    void usesTheSchemaThatAWorkerRead() {
        MetricArguments path = MetricArguments.schema("data/answer.schema.json");
        Metric metric = Metrics.named("json").with(path.withSchemaText("{\"type\": \"object\"}"));
        assertThat(MetricGoldens.score(metric, "", "{}")).isOne();
        assertThat(MetricGoldens.score(metric, "", "[]")).isZero();
        assertThat(MetricGoldens.score(Metrics.named("json"), "", "[]")).isOne();
    }
}
