package dev.septet.activities.evaluate.metric.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.metric.MetricGoldens;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics of texts against sacrebleu, nltk, transformers and jiwer; see make.py beside the goldens. */
class ComparedTextsTest {
    private static final JsonNode GOLDEN = MetricGoldens.of(ComparedTextsTest.class, "pairs.json");
    private static final List<JsonNode> ROWS =
            StreamSupport.stream(GOLDEN.path("rows").spliterator(), false).toList();

    @ParameterizedTest
    @ValueSource(
            strings = {"chrF", "chrFPlusPlus", "meteor", "squadExactMatch", "squadF1", "wordErrorRate", "charErrorRate"
            })
    void scoresAsTheReferenceDoes(String name) {
        assertThat(ROWS).hasSizeGreaterThan(300);
        for (JsonNode row : ROWS) {
            assertThat(score(name, List.of(row)))
                    .as("%s of %s", name, row)
                    .isCloseTo(row.path("scores").path(name).doubleValue(), within(1e-9));
        }
        for (JsonNode corpus : GOLDEN.path("corpora")) {
            List<JsonNode> part = ROWS.subList(
                    corpus.path("from").intValue(), corpus.path("to").intValue());
            assertThat(score(name, part))
                    .as("%s of a corpus", name)
                    .isCloseTo(corpus.path("scores").path(name).doubleValue(), within(1e-9));
        }
    }

    @Test
    void countsCharactersNotCodeUnits() {
        assertThat(MetricGoldens.score(new AnswerLength(), "", "😀日a")).isEqualTo(3);
        assertThat(MetricGoldens.score(new AnswerLength(), "long", "")).isZero();
    }

    private static double score(String name, List<JsonNode> rows) {
        return MetricGoldens.score(
                Metrics.named(name),
                rows.stream()
                        .map(row -> new Outcome(
                                row.path("reference").asText(),
                                row.path("answer").asText(),
                                0,
                                0))
                        .toList());
    }
}
