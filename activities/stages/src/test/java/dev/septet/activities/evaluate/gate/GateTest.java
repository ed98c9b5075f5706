package dev.septet.activities.evaluate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
    private static final double NAN = Double.NaN;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        0.97 | 0.94 | 0.99 | GO           | exactMatch is 0.97, above 0.9 with its whole 95 % interval (0.94 to 0.99).
        0.92 | 0.87 | 0.96 | INCONCLUSIVE | exactMatch is 0.92, above 0.9, but not all of its 95 % interval (0.87 to 0.96) is: about 2,355 more rows would decide.
        0.88 | 0.84 | 0.93 | NO_GO        | exactMatch is 0.88, not above 0.9.
        0.90 | 0.90 | 0.90 | NO_GO        | exactMatch is 0.9, not above 0.9.
        NaN  | NaN  | NaN  | NO_GO        | exactMatch is missing (not a number), and a missing number is a no.
        """)
    void holdsAScoreAboveItsBound(double after, double low, double high, Verdict verdict, String reason) {
        Score score = Gate.judge(
                alone("exactMatch", false, after, low, high, 200), new MetricSpec("exactMatch", 0.9, null), null);
        assertThat(score.verdict()).isEqualTo(verdict);
        assertThat(score.why()).isEqualTo(reason);
        assertThat(score.before()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"10.0, 9.0, 11.0, GO", "11.5, 10.0, 12.5, INCONCLUSIVE", "12.5, 11.5, 13.0, NO_GO"})
    void holdsAScoreBelowItsBound(double after, double low, double high, Verdict verdict) {
        assertThat(Gate.judge(
                                alone("perplexity", true, after, low, high, 200),
                                new MetricSpec("perplexity", null, 12.0),
                                null)
                        .verdict())
                .isEqualTo(verdict);
    }

    @Test
    void decidesNothingOnAHandfulOfRows() {
        Score score = Gate.judge(alone("exactMatch", false, 1, 1, 1, 7), new MetricSpec("exactMatch", 0.9, null), null);
        assertThat(score.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(score.why())
                .isEqualTo("exactMatch is 1, above 0.9, but on only 7 rows: at least 8 are needed to" + " decide.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        0.50 | 0.60 | 0.05  | 0.15  | 0    | GO           | bleu rose from 0.5 to 0.6, not worse than the base model.
        0.50 | 0.50 | 0     | 0     | 0    | GO           | bleu stayed at 0.5, not worse than the base model.
        0.50 | 0.51 | -0.01 | 0.03  | 0    | INCONCLUSIVE | bleu rose from 0.5 to 0.51, but the change's 95 % interval (-0.01 to 0.03) reaches to worse than the base model: about 1,435 more rows would decide.
        0.50 | 0.49 | -0.02 | 0.005 | 0    | NO_GO        | bleu fell from 0.5 to 0.49, worse than the base model.
        0.50 | 0.49 | -0.02 | 0.005 | 0.05 | GO           | bleu fell from 0.5 to 0.49, not more than 5.0 % worse than the base model.
        0.50 | 0.40 | -0.12 | -0.08 | 0.05 | NO_GO        | bleu fell from 0.5 to 0.4, more than 5.0 % worse than the base model.
        NaN  | 0.40 | NaN   | NaN   | 0    | NO_GO        | The base model's bleu is missing (not a number), and a missing number is a no.
        0.50 | NaN  | NaN   | NaN   | 0    | NO_GO        | bleu is missing (not a number), and a missing number is a no.
        """)
    void comparesWithTheBaseModel(
            double before, double after, double low, double high, double tolerance, Verdict verdict, String reason) {
        Score score = Gate.judge(
                paired("bleu", false, before, after, low, high),
                new MetricSpec("bleu", null, null),
                new CompareSpec(tolerance));
        assertThat(score.why()).isEqualTo(reason);
        assertThat(score.verdict()).isEqualTo(verdict);
        assertThat(score.low()).isEqualTo((Double) low);
        assertThat(score.high()).isEqualTo((Double) high);
    }

    @Test
    void knowsThatALowerLossIsBetter() {
        assertThat(verdict(paired("loss", true, 2.0, 1.5, -0.6, -0.4))).isEqualTo(Verdict.GO);
        assertThat(verdict(paired("loss", true, 2.0, 2.5, 0.4, 0.6))).isEqualTo(Verdict.NO_GO);
        assertThat(verdict(paired("loss", true, 2.0, 1.9, -0.3, 0.1))).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void letsTheWorstCheckDecide() {
        Score score = Gate.judge(
                paired("rougeL", false, 0.6, 0.5, -0.15, -0.05),
                new MetricSpec("rougeL", 0.35, 0.9),
                new CompareSpec(0));
        assertThat(score.verdict()).isEqualTo(Verdict.NO_GO);
        assertThat(score.why()).startsWith("rougeL fell from 0.6 to 0.5");
    }

    @Test
    void reportsWithoutAnyBound() {
        Score score = Gate.judge(alone("loss", true, 1.25, 1.2, 1.3, 100), new MetricSpec("loss", null, null), null);
        assertThat(score.verdict()).isEqualTo(Verdict.GO);
        assertThat(score.why()).isEqualTo("loss is 1.25; no bound was asked for.");
        Score missing = Gate.judge(alone("loss", true, NAN, NAN, NAN, 100), new MetricSpec("loss", null, null), null);
        assertThat(missing.verdict()).isEqualTo(Verdict.NO_GO);
    }

    @ParameterizedTest
    @CsvSource({
        "2.0, 2.04, 0.00, 0.08, GO",
        "2.0, 2.04, -0.02, 0.12, INCONCLUSIVE",
        "2.0, 2.20, 0.1, 0.3, NO_GO",
        "2.0, 1.90, -0.2, -0.05, GO",
        "NaN, 1.90, NaN, NaN, NO_GO",
        "2.0, NaN, NaN, NaN, NO_GO"
    })
    void holdsTheForgettingBudget(double before, double after, double low, double high, Verdict verdict) {
        Score score = Gate.forgetting(
                paired("loss", true, before, after, low, high), new ForgettingSpec("general.jsonl", 0.05));
        assertThat(score.metric()).isEqualTo("forgetting");
        assertThat(score.verdict()).isEqualTo(verdict);
    }

    @Test
    void saysWhatForgettingCost() {
        assertThat(Gate.forgetting(paired("loss", true, 2.0, 2.2, 0.1, 0.3), new ForgettingSpec("general.jsonl", 0.05))
                        .why())
                .isEqualTo("The forgetting suite's loss went from 2 to 2.2 (+10.0 %), over the budget" + " of +5.0 %.");
    }

    @Test
    void endsWithTheWorstVerdict() {
        Score go = score(Verdict.GO);
        Score maybe = score(Verdict.INCONCLUSIVE);
        Score no = score(Verdict.NO_GO);
        assertThat(Gate.verdict(List.of(go, go))).isEqualTo(Verdict.GO);
        assertThat(Gate.verdict(List.of(maybe, go))).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(Gate.verdict(List.of(go, no, maybe))).isEqualTo(Verdict.NO_GO);
        assertThat(Gate.verdict(List.of())).isEqualTo(Verdict.NO_GO);
    }

    private static Verdict verdict(Measurement measured) {
        return Gate.judge(measured, new MetricSpec("loss", null, null), new CompareSpec(0))
                .verdict();
    }

    private static Score score(Verdict verdict) {
        return new Score("loss", null, 1, null, null, 10, verdict, "because.");
    }

    private static Measurement alone(String metric, boolean lower, double after, double low, double high, int rows) {
        return measured(metric, lower, null, after, new Interval(low, high), null, rows);
    }

    private static Measurement paired(
            String metric, boolean lower, double before, double after, double low, double high) {
        Interval exact = new Interval(after, after);
        return measured(metric, lower, before, after, exact, new Interval(low, high), 200);
    }

    private static Measurement measured(
            String metric,
            boolean lower,
            @Nullable Double before,
            double after,
            Interval interval,
            @Nullable Interval delta,
            int rows) {
        return new Measurement(metric, lower, before, after, interval, delta, rows);
    }
}
