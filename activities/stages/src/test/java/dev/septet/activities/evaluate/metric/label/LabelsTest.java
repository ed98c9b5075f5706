package dev.septet.activities.evaluate.metric.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.MetricGoldens;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Labels and confidences against scikit-learn; see make.py beside the goldens. */
class LabelsTest {
    private static final JsonNode GOLDEN = MetricGoldens.of(LabelsTest.class, "labels.json");

    static Stream<JsonNode> exams() {
        return StreamSupport.stream(GOLDEN.path("exams").spliterator(), false);
    }

    static Stream<JsonNode> calibrations() {
        return StreamSupport.stream(GOLDEN.path("calibrations").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("exams")
    void scoresLabelsAsScikitLearnDoes(JsonNode exam) {
        List<String> expected = texts(exam.path("expected"));
        List<String> answers = texts(exam.path("answers"));
        List<Outcome> outcomes = IntStream.range(0, expected.size())
                .mapToObj(row -> new Outcome(expected.get(row), answers.get(row), 0, 0))
                .toList();
        assertThat(MetricGoldens.score(Metrics.named("accuracy"), outcomes)).isEqualTo(number(exam, "accuracy"));
        for (String average : List.of("micro", "macro", "weighted")) {
            assertThat(MetricGoldens.score(Metrics.named(average + "F1"), outcomes))
                    .as(average)
                    .isCloseTo(number(exam, average), within(1e-12));
        }
        ConfusionMatrix matrix =
                ConfusionMatrix.of(expected, new ArrayList<>(answers)).orElseThrow();
        assertThat(matrix.classes()).isEqualTo(texts(exam.path("classes")));
        assertThat(matrix.rows()).hasToString(exam.path("matrix").toString().replace(",", ", "));
        for (int at = 0; at < matrix.classes().size(); at++) {
            ConfusionMatrix.ClassScore score = matrix.scores().get(at);
            assertThat(score.precision())
                    .isCloseTo(exam.path("precision").get(at).doubleValue(), within(1e-12));
            assertThat(score.recall()).isCloseTo(exam.path("recall").get(at).doubleValue(), within(1e-12));
            assertThat(score.f1()).isCloseTo(exam.path("f1").get(at).doubleValue(), within(1e-12));
            assertThat(score.rows()).isEqualTo(exam.path("support").get(at).intValue());
        }
    }

    @ParameterizedTest
    @MethodSource("calibrations")
    void scoresConfidenceAsScikitLearnDoes(JsonNode golden) {
        List<Outcome> outcomes = IntStream.range(0, golden.path("confidence").size())
                .mapToObj(row -> confident(
                        golden.path("confidence").get(row).doubleValue(),
                        golden.path("correct").get(row).intValue() == 1))
                .toList();
        assertThat(MetricGoldens.score(new Brier(), outcomes)).isCloseTo(number(golden, "brier"), within(1e-12));
        assertThat(MetricGoldens.score(new CalibrationError(), outcomes))
                .isCloseTo(number(golden, "calibrationError"), within(1e-12));
        assertThat(new CalibrationError()
                        .table(outcomes).stream()
                                .mapToInt(CalibrationError.Bin::rows)
                                .sum())
                .isEqualTo(outcomes.size());
    }

    @Test
    void hasNoScoreWithoutConfidence() {
        List<Outcome> outcomes = List.of(confident(0.5, true), new Outcome("a", "a", 1, 1));
        assertThat(MetricGoldens.score(new Brier(), outcomes)).isNaN();
        assertThat(MetricGoldens.score(new CalibrationError(), outcomes)).isNaN();
        assertThat(MetricGoldens.score(new CalibrationError(), List.of(confident(Double.NaN, true))))
                .isNaN();
    }

    @Test
    void hasNoScoreWithoutAnAnswer() {
        List<Outcome> outcomes = List.of(new Outcome("a", "a", 1, 1), new Outcome("b", null, 1, 1));
        for (String name : List.of("accuracy", "microF1", "macroF1", "weightedF1")) {
            assertThat(MetricGoldens.score(Metrics.named(name), outcomes))
                    .as(name)
                    .isNaN();
        }
    }

    @Test
    void refusesTextsAsLabels() {
        List<String> many =
                IntStream.range(0, 300).mapToObj(row -> "text " + row).toList();
        assertThat(Metrics.named("macroF1").misfit(many).orElseThrow().row()).isEqualTo(200);
        assertThat(Metrics.named("macroF1").misfit(many.subList(0, 200))).isEmpty();
    }

    private static Outcome confident(double confidence, boolean correct) {
        return new Outcome("", "a", correct ? " a" : "b", 1, 1, null, new AnswerFacts(confidence, null, null));
    }

    private static double number(JsonNode node, String name) {
        return node.path(name).doubleValue();
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
