package dev.septet.activities.evaluate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.evaluate.check.CheckFindings;
import dev.septet.activities.evaluate.cluster.ClusterFiles;
import dev.septet.activities.evaluate.cluster.ErrorClusterSearch;
import dev.septet.activities.evaluate.cluster.FailureRule;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Gate;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.evaluate.gate.ScoredRows;
import dev.septet.activities.evaluate.judge.JudgeBudgets;
import dev.septet.activities.evaluate.judge.JudgeReport;
import dev.septet.activities.evaluate.metric.ExpressionScore;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.metric.sampled.MeanStates;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Prediction;
import dev.septet.dsl.expression.ExpressionProblem;
import dev.septet.dsl.pipeline.deploy.FormExamPart;
import dev.septet.dsl.pipeline.evaluate.ErrorClustersSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.workflows.artifact.Score;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the models on the rows and judges their predictions.
 *
 * @param suite rows of general capability, null when no forgetting budget is set
 * @param champion the deployed model, or the base model when there is none; null when the pipeline
 *     file does not compare with the champion
 * @param sets the named sets of test rows
 */
record Evaluation(
        EvaluateSpec spec,
        long seed,
        Candidate base,
        Candidate tuned,
        EvaluationRows test,
        @Nullable EvaluationRows suite,
        @Nullable Candidate champion,
        List<TestSet> sets) {
    /** Receives the number of finished rows, the number of all rows, and the current activity. */
    @FunctionalInterface
    interface Listener {
        void report(String doing, int done, int total);
    }

    EvaluationFindings run(Predictions predictions, Listener listener) throws IOException {
        return run(predictions, listener, new JudgeBudgets(), null);
    }

    /**
     * Runs the models and judges their predictions.
     *
     * @param budgets what is left of the judges' budgets
     * @param unquantized the findings on the tuned model, where this evaluation is of another form of it; else null
     */
    EvaluationFindings run(
            Predictions predictions, Listener listener, JudgeBudgets budgets, @Nullable EvaluationFindings unquantized)
            throws IOException {
        Count count = new Count(listener, total());
        Map<String, ScoredRows> rows = new TreeMap<>();
        List<JudgeReport> reports = new ArrayList<>();
        Bootstrap bootstrap = new Bootstrap(seed);
        List<Score> scores = new ArrayList<>();
        Map<String, Interval> intervals = new TreeMap<>();
        List<TestSet.Findings> found = new ArrayList<>();
        for (TestSet set : all()) {
            JudgedAnswers.Judges judges = new JudgedAnswers.Judges(
                    budgets, predictions.judging(), () -> count.report("asking the judges", 0));
            JudgedAnswers answers = predict(set, predictions, count);
            JudgedAnswers judged = unquantized == null
                    ? answers.judged(set.name(), set.spec(), set.rows(), judges)
                    : answers.judgedAs(
                            tuned.name(),
                            unquantized.sets().get(found.size()).answers(),
                            set.name(),
                            set.spec(),
                            set.rows(),
                            judges);
            reports.addAll(judged.reports());
            TestSet.Findings findings =
                    set.measure(judged, base.equals(champion) ? "the base model" : "the champion", bootstrap);
            found.add(findings);
            scores.addAll(findings.scores());
            intervals.putAll(findings.intervals());
            set.scored(findings).forEach(each -> rows.put(each.name(), each));
        }
        ForgettingSpec forgetting = spec.forgetting();
        if (forgetting != null && suite != null) {
            Metric loss = Metrics.named("loss");
            List<Outcome> before = suite.outcomes(predict(predictions, base, suite, count));
            List<Outcome> after = suite.outcomes(predict(predictions, tuned, suite, count));
            Measurement measured = Measurement.of(loss, before, after, bootstrap);
            scores.add(Gate.forgetting(measured, forgetting));
            rows.put(Gate.FORGETTING, ScoredRows.of(Gate.FORGETTING, FormExamPart.FORGETTING.word(), loss, after));
            intervals.put(Gate.FORGETTING, measured.interval());
        }
        TestSet.Findings split = found.get(0);
        return new EvaluationFindings(
                Gate.verdict(scores),
                scores,
                intervals,
                split.mcnemar(),
                split.before(),
                split.after(),
                found,
                List.of(),
                CheckFindings.NONE,
                null,
                reports,
                rows);
    }

    /** The same evaluation of another form of the tuned model. */
    Evaluation of(Candidate form) {
        return new Evaluation(spec, seed, base, form, test, suite, champion, sets);
    }

    /**
     * The same evaluation, whose rows have the name of their error cluster as a column beside them, for {@code slices
     * from:}.
     */
    Evaluation sliced(ClusterFiles files, Predictions predictions, Listener listener) throws IOException {
        ClusterColumns columns = new ClusterColumns(
                files, base, predictions, (done, total) -> listener.report("assigning error clusters", done, total));
        List<TestSet> found = columns.of(all());
        return new Evaluation(
                spec, seed, base, tuned, found.get(0).rows(), suite, champion, found.subList(1, found.size()));
    }

    /**
     * Searches clusters of the rows of the test split that the tuned model fails.
     *
     * @param word what the pipeline file says
     */
    ErrorClusterSearch.Found clusters(
            ErrorClustersSpec word, EvaluationFindings found, Predictions predictions, Listener listener)
            throws IOException {
        Metric metric = spec.scores().stream()
                .filter(score -> score.name().equals(word.on()))
                .findFirst()
                .<Metric>map(ExpressionScore::new)
                .orElseGet(() -> Metrics.of(spec.metrics().stream()
                        .filter(each -> each.name().equals(word.on()))
                        .findFirst()
                        .orElse(spec.metrics().get(0))));
        Integer named = word.layer();
        int layer = named == null ? MeanStates.middle(ModelConfig.read(base.folder())) : named;
        ErrorClusterSearch search = new ErrorClusterSearch(
                word,
                FailureRule.of(word, metric, test.outcomes(found.after())),
                test.subjects(),
                test.rows().stream().map(row -> row.place().toString()).toList(),
                base.digest(),
                layer,
                seed);
        return search.run(
                texts -> predictions.vectors(
                        base,
                        layer,
                        texts,
                        Function.identity(),
                        done -> listener.report("comparing failed rows", done, texts.size())),
                () -> listener.report("grouping failed rows", 0, 1));
    }

    /** The test split, then the named sets. */
    List<TestSet> all() {
        return Stream.concat(Stream.of(TestSet.split(spec, test)), sets.stream())
                .toList();
    }

    private JudgedAnswers predict(TestSet set, Predictions predictions, Count count) throws IOException {
        List<Prediction> after = predict(predictions, tuned, set.rows(), count);
        List<Prediction> before = asksBase(set.spec()) ? predict(predictions, base, set.rows(), count) : null;
        Candidate deployed = set.spec().champion() == null ? null : champion;
        return new JudgedAnswers(
                after, before, deployed == null ? null : predict(predictions, deployed, set.rows(), count), List.of());
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

    private static boolean asksBase(EvaluateSpec spec) {
        return spec.compare() != null || JudgedAnswers.needsBase(spec);
    }

    private int total() {
        int rows = suite == null ? 0 : 2 * suite.rows().size();
        for (TestSet set : all()) {
            int models =
                    1 + (asksBase(set.spec()) ? 1 : 0) + (set.spec().champion() == null || champion == null ? 0 : 1);
            rows += set.rows().rows().size() * models;
        }
        return rows;
    }

    private List<Prediction> predict(
            Predictions predictions, Candidate candidate, EvaluationRows evaluationRows, Count count)
            throws IOException {
        List<Prediction> computed =
                predictions.of(candidate, evaluationRows, done -> count.report("asking the " + candidate.name(), done));
        count.done += computed.size();
        return predictions.similar(base, evaluationRows, computed);
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
