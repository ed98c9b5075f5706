package dev.septet.activities.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** BLEU and ROUGE against sacrebleu and rouge-score; see make.py beside the goldens. */
class TextMetricsTest {
    private static final JsonNode GOLDEN = golden();

    static Stream<JsonNode> rows() {
        return StreamSupport.stream(GOLDEN.path("rows").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void scoresEachRowAsTheReferenceDoes(JsonNode row) {
        for (String name : List.of("bleu", "rouge1", "rouge2", "rougeL")) {
            assertThat(score(name, List.of(row)))
                    .as(name)
                    .isCloseTo(row.path(name).doubleValue(), within(1e-9));
        }
    }

    @Test
    void scoresCorporaAsSacrebleuDoes() {
        List<JsonNode> rows = rows().toList();
        assertThat(GOLDEN.path("corpora")).isNotEmpty();
        for (JsonNode corpus : GOLDEN.path("corpora")) {
            List<JsonNode> part = rows.subList(
                    corpus.path("from").intValue(), corpus.path("to").intValue());
            assertThat(score("bleu", part)).isCloseTo(corpus.path("bleu").doubleValue(), within(1e-9));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rouge1", "rouge2", "rougeL"})
    void averagesRougeOverRows(String name) {
        double mean = rows().mapToDouble(row -> row.path(name).doubleValue())
                .average()
                .orElseThrow();
        assertThat(score(name, rows().toList())).isCloseTo(mean, within(1e-9));
    }

    private static double score(String name, List<JsonNode> rows) {
        Metric metric = Metrics.named(name);
        double[] sums = rows.stream()
                .map(TextMetricsTest::outcome)
                .map(metric::tally)
                .reduce(TextMetricsTest::sum)
                .orElseThrow();
        return metric.score(sums);
    }

    private static Outcome outcome(JsonNode row) {
        return new Outcome(row.path("reference").asText(), row.path("answer").asText(), 0, 0);
    }

    private static double[] sum(double[] one, double[] other) {
        return IntStream.range(0, one.length)
                .mapToDouble(at -> one[at] + other[at])
                .toArray();
    }

    private static JsonNode golden() {
        try (InputStream json = TextMetricsTest.class.getResourceAsStream("text-metrics.json")) {
            return SpecJson.mapper().readTree(Objects.requireNonNull(json));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void keepsTalliesOfOneLength() {
        assertThat(rows().map(row -> new Bleu().tally(outcome(row)).length).distinct())
                .containsExactly(10);
        assertThat(Arrays.stream(new Bleu().tally(new Outcome("a", null, 0, 0))).limit(1))
                .containsExactly(Double.NaN);
    }
}
