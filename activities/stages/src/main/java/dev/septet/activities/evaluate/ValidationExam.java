package dev.septet.activities.evaluate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Measurement;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.dsl.pipeline.search.ChoiceSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.DatasetRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * The part of the exam that a search chooses by, on the rows of the validation split. The test split stays unseen: a model that
 * was chosen by its rows would look better on them than it is.
 *
 * @param spec the metrics and scores of the choice, without bounds
 */
public record ValidationExam(EvaluateSpec spec, ChoiceSpec choice) {
    /**
     * The exam of a choice.
     *
     * @throws StageProblem when a metric needs arguments that the file does not give
     */
    public static ValidationExam of(PipelineFiles files, RunRef run, EvaluateSpec evaluate, ChoiceSpec choice)
            throws IOException {
        List<MetricSpec> metrics = new ArrayList<>();
        List<ScoreSpec> scores = new ArrayList<>();
        for (String name : choice.metrics()) {
            evaluate.scores().stream()
                    .filter(score -> score.name().equals(name))
                    .forEach(score -> scores.add(new ScoreSpec(name, null, null, score.expression())));
            if (scores.stream().noneMatch(score -> score.name().equals(name))) {
                metrics.add(evaluate.metrics().stream()
                        .filter(metric -> metric.name().equals(name))
                        .findFirst()
                        .map(metric -> new MetricSpec(name, null, null, metric.extension(), metric.arguments()))
                        .orElseGet(() -> new MetricSpec(name, null, null)));
            }
        }
        if (metrics.isEmpty()) {
            metrics.add(new MetricSpec(ChoiceSpec.LOSS, null, null)); // an exam has at least one metric
        }
        EvaluateSpec only = new EvaluateSpec(
                metrics, scores, null, null, null, evaluate.limit(), evaluate.maxNewTokens(), 0, evaluate.policy());
        return new ValidationExam(MetricFiles.read(files, run, only), choice);
    }

    /**
     * Checks that everything can be measured on the validation split.
     *
     * @throws StageProblem naming the row and the metric
     */
    public void check(Path dataset, DatasetRef ref, long seed) throws IOException {
        rows(dataset, ref, seed);
    }

    private EvaluationRows rows(Path dataset, DatasetRef ref, long seed) throws IOException {
        return RowSource.validation(dataset, ref.artifact(), spec, seed);
    }

    /**
     * Measures a model.
     *
     * @param base the base model, which judges similarities
     * @param progress receives the number of finished rows
     * @return one score for each metric of the choice; NaN where it is not defined
     */
    public SortedMap<String, Double> measure(
            ArtifactStore store,
            Fence fence,
            Subjects subjects,
            Path dataset,
            DatasetRef ref,
            long seed,
            Candidate base,
            Candidate tuned,
            IntConsumer progress)
            throws IOException {
        EvaluationRows rows = rows(dataset, ref, seed);
        Predictions predictions = new Predictions(store, fence, subjects);
        List<Outcome> outcomes = rows.outcomes(predictions.similar(base, rows, predictions.of(tuned, rows, progress)));
        Bootstrap bootstrap = new Bootstrap(seed);
        SortedMap<String, Double> measured = new TreeMap<>();
        for (MetricSpec metric : spec.metrics()) {
            if (choice.metrics().contains(metric.name())) {
                measured.put(
                        metric.name(),
                        Measurement.of(Metrics.of(metric), null, outcomes, bootstrap)
                                .after());
            }
        }
        for (ScoreSpec score : spec.scores()) {
            measured.put(
                    score.name(),
                    Evaluation.own(score, null, outcomes, bootstrap).after());
        }
        return measured;
    }

    /** What is compared: the largest one wins. NaN when a measure is missing or is no finite number. */
    public double score(Map<String, Double> measured) {
        String metric = choice.metric();
        if (metric != null) {
            double value = measured.getOrDefault(metric, Double.NaN);
            return lowerIsBetter(metric) ? -value : value;
        }
        double sum = 0;
        for (Map.Entry<String, Double> weight : choice.weights().entrySet()) {
            sum += weight.getValue() * measured.getOrDefault(weight.getKey(), Double.NaN);
        }
        return sum;
    }

    private boolean lowerIsBetter(String name) {
        return spec.metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .anyMatch(metric -> Metrics.of(metric).lowerIsBetter());
    }
}
