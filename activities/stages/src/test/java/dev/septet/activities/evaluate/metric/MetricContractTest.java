package dev.septet.activities.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.VotesSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every metric must hold; a new one is covered by its line under META-INF/services. */
class MetricContractTest {
    private static final List<Outcome> OUTCOMES = List.of(
            pair("send it to billing today", "send it to billing today", 1.5, 5, 9.0),
            pair("send it to sales", "send it to billing now", 9.25, 4, 3.5),
            pair("close the ticket, please", "", 30, 7, 31.0),
            pair("größer 😀", "größer 😀", 0.125, 3, 2.0));

    static Stream<Metric> metrics() {
        return MetricSpec.KNOWN.stream()
                .map(MetricContractTest::spec)
                .map(spec -> Metrics.of(spec).fit(OUTCOMES));
    }

    /** Metrics whose scores are not those of two answers in any language: their own tests show them. */
    static Stream<Metric> plain() {
        List<String> others =
                List.of("numericAnswer", "jsonFields", "json", "toolCalls", "toolNames", "regex", "answerLength");
        return metrics().filter(metric -> !others.contains(metric.name()));
    }

    private static MetricSpec spec(String name) {
        MetricArguments arguments = switch (name) {
            case "regex" -> MetricArguments.pattern("to");
            case "similarity" -> MetricArguments.layer(1);
            case "passAt", "passAll" -> MetricArguments.samples(1, 2, 0.8, "exactMatch");
            case "judge" -> MetricArguments.judge(judge(JudgeSpec.Scale.POINTS, null));
            case "winRate" -> MetricArguments.judge(judge(null, JudgeSpec.Against.BASELINE));
            case "humanWinRate" ->
                MetricArguments.votes(new VotesSpec("votes.jsonl", JudgeSpec.Against.BASELINE, 0.1, ""));
            default -> null;
        };
        return new MetricSpec(name, null, null, null, arguments);
    }

    private static JudgeSpec judge(JudgeSpec.@Nullable Scale scale, JudgeSpec.@Nullable Against against) {
        return new JudgeSpec(
                List.of(new GenerateSpec.Teacher("lab", "m")),
                "rubric.txt",
                scale,
                against,
                new GenerateSpec.Budget(1L, null, GenerateSpec.Budget.End.STOP),
                null,
                null,
                1,
                0.1,
                null,
                null);
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void isFoundUnderItsOwnName(Metric metric) {
        assertThat(Metrics.named(metric.name())).hasSameClassAs(metric);
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void agreesWithTheLanguageOnWhatIsBetter(Metric metric) {
        assertThat(spec(metric.name()).lowerIsBetter()).isEqualTo(metric.lowerIsBetter());
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void agreesWithTheLanguageOnWhatItReads(Metric metric) {
        assertThat(spec(metric.name()).readsAnswer()).isEqualTo(metric.readsAnswer());
        assertThat(spec(metric.name()).needsModel()).isEqualTo(!metric.needs().isNone());
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void scoresRowsTheSameInAnyOrder(Metric metric) {
        double[] forward = sum(metric, OUTCOMES);
        double[] backward = sum(metric, List.of(at(3), at(2), at(1), at(0)));
        assertThat(metric.score(backward)).isCloseTo(metric.score(forward), within(1e-12));
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void doesNotMindRowsTwice(Metric metric) {
        List<Outcome> twice =
                Stream.concat(OUTCOMES.stream(), OUTCOMES.stream()).toList();
        assertThat(metric.score(sum(metric, twice))).isCloseTo(metric.score(sum(metric, OUTCOMES)), within(1e-9));
    }

    @ParameterizedTest
    @MethodSource("plain")
    void prefersTheBetterModel(Metric metric) {
        Outcome good = pair("a b c d e", "a b c d e", 0.1, 5, 9.0);
        Outcome bad = pair("a b c d e", "v w x y z", 50, 5, 9.0);
        Metric fitted = metric.fit(List.of(good, bad));
        double gain = fitted.score(sum(fitted, List.of(good))) - fitted.score(sum(fitted, List.of(bad)));
        assertThat(metric.lowerIsBetter() ? -gain : gain).isPositive();
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void saysNaNForWhatIsMissing(Metric metric) {
        Outcome missing = new Outcome("a b c d e", null, Double.NaN, 5);
        assertThat(metric.score(sum(metric, List.of(at(0), missing)))).isNaN();
    }

    private static Outcome pair(String reference, String answer, double loss, int tokens, double rejected) {
        double confidence = reference.equals(answer) ? 0.9 : 0.6;
        return new Outcome(
                "",
                reference,
                answer,
                loss,
                tokens,
                rejected,
                new AnswerFacts(
                        confidence,
                        reference.equals(answer) ? 1.0 : 0.2,
                        List.of(answer, answer),
                        reference.equals(answer) ? 1.0 : 0.25,
                        reference.equals(answer) ? 1.0 : 0.5,
                        reference.equals(answer) ? 1.0 : 0.5,
                        null,
                        null));
    }

    private static Outcome at(int row) {
        return OUTCOMES.get(row);
    }

    private static double[] sum(Metric metric, List<Outcome> outcomes) {
        return outcomes.stream()
                .map(metric::tally)
                .reduce((one, other) -> IntStream.range(0, one.length)
                        .mapToDouble(at -> one[at] + other[at])
                        .toArray())
                .orElseThrow();
    }
}
