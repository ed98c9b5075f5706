package dev.septet.activities.evaluate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.McNemar;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.evaluate.metric.ExpressionScore;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.expression.ExpressionProblem;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.workflows.artifact.Score;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the models on the rows and judges their predictions.
 *
 * @param suite rows of general capability, null when no forgetting budget is set
 * @param champion the deployed model, or the base model when there is none; null when the pipeline
 *     file does not compare with the champion
 */
record Evaluation(
        EvaluateSpec spec,
        long seed,
        Candidate base,
        Candidate tuned,
        EvaluationRows test,
        @Nullable EvaluationRows suite,
        @Nullable Candidate champion) {
    /** Receives the number of finished rows, the number of all rows, and the current activity. */
    @FunctionalInterface
    interface Listener {
        void report(String doing, int done, int total);
    }

    EvaluationFindings run(Predictions predictions, Listener listener) throws IOException {
        Count count = new Count(listener, total());
        JudgedAnswers judged = new JudgedAnswers(
                        predict(predictions, tuned, test, count),
                        asksBase() ? predict(predictions, base, test, count) : null,
                        spec.champion() == null || champion == null
                                ? null
                                : predict(predictions, champion, test, count),
                        List.of())
                .judged(spec, test, predictions.judging(), () -> count.report("asking the judges", 0));
        List<Prediction> after = judged.after();
        List<Prediction> before = spec.compare() == null ? null : judged.before();
        List<Prediction> deployed = judged.deployed();
        Bootstrap bootstrap = new Bootstrap(seed);
        List<Outcome> tunedOutcomes = outcomes(test, after);
        List<Outcome> baseOutcomes = before == null ? null : outcomes(test, before);
        List<Score> scores = new ArrayList<>();
        Map<String, Interval> intervals = new TreeMap<>();
        McNemar mcnemar = null;
        for (MetricSpec metric : spec.metrics()) {
            boolean pairs = metric.comparesModels();
            Measurement measured =
                    Measurement.of(Metrics.of(metric), pairs ? null : baseOutcomes, tunedOutcomes, bootstrap);
            scores.add(Gate.judge(measured, metric, pairs ? null : spec.compare()));
            intervals.put(metric.name(), measured.interval());
            if (metric.name().equals("exactMatch") && baseOutcomes != null) {
                mcnemar = McNemar.of(Metrics.named("exactMatch"), baseOutcomes, tunedOutcomes);
            }
        }
        for (ScoreSpec score : spec.scores()) {
            Measurement measured = own(score, baseOutcomes, tunedOutcomes, bootstrap);
            scores.add(Gate.judge(measured, score.above(), score.below(), spec.compare()));
            intervals.put(score.name(), measured.interval());
        }
        CompareSpec comparison = spec.champion();
        if (comparison != null && champion != null && deployed != null) {
            ChampionComparison against = new ChampionComparison(
                    spec,
                    champion.equals(base) ? "the base model" : "the champion",
                    outcomes(test, deployed),
                    tunedOutcomes,
                    bootstrap);
            for (Measurement measured : against.measurements()) {
                Score score = Gate.against(measured, against.name(), comparison);
                scores.add(score);
                intervals.put(score.metric(), measured.interval());
            }
        }
        ForgettingSpec forgetting = spec.forgetting();
        if (forgetting != null && suite != null) {
            Measurement measured = Measurement.of(
                    Metrics.named("loss"),
                    outcomes(suite, predict(predictions, base, suite, count)),
                    outcomes(suite, predict(predictions, tuned, suite, count)),
                    bootstrap);
            scores.add(Gate.forgetting(measured, forgetting));
            intervals.put(Gate.FORGETTING, measured.interval());
        }
        return new EvaluationFindings(
                Gate.verdict(scores), scores, intervals, mcnemar, before, after, judged.reports());
    }

    /** A score expression of the pipeline file. An error in it is reported as an error of the file. */
    static Measurement own(ScoreSpec score, @Nullable List<Outcome> base, List<Outcome> tuned, Bootstrap bootstrap) {
        try {
            return Measurement.of(new ExpressionScore(score), base, tuned, bootstrap);
        } catch (ExpressionProblem e) {
            throw StageProblem.invalid(
                    "score '%s' at %s; correct the expression".formatted(score.name(), e.getMessage()));
        }
    }

    private boolean asksBase() {
        return spec.compare() != null || JudgedAnswers.needsBase(spec);
    }

    private int total() {
        int models = 1 + (asksBase() ? 1 : 0) + (champion == null ? 0 : 1);
        int tests = test.rows().size() * models;
        return tests + (suite == null ? 0 : 2 * suite.rows().size());
    }

    private List<Prediction> predict(
            Predictions predictions, Candidate candidate, EvaluationRows evaluationRows, Count count)
            throws IOException {
        List<Prediction> computed =
                predictions.of(candidate, evaluationRows, done -> count.report("asking the " + candidate.name(), done));
        count.done += computed.size();
        return evaluationRows.needs().layer() == 0 ? computed : predictions.similar(base, evaluationRows, computed);
    }

    private static List<Outcome> outcomes(EvaluationRows evaluationRows, List<Prediction> predictions) {
        return IntStream.range(0, predictions.size())
                .mapToObj(row ->
                        predictions.get(row).against(evaluationRows.rows().get(row)))
                .toList();
    }

    /** Number of rows in finished parts of the evaluation. */
    private static final class Count {
        private final Listener listener;
        private final int total;
        private int done;

        Count(Listener listener, int total) {
            this.listener = listener;
            this.total = total;
        }

        void report(String doing, int more) {
            listener.report(doing, done + more, total);
        }
    }
}
