package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The scores of a cross-validation: each fold's model was tested with rows that it was not trained on, and each row tested
 * one model.
 *
 * @param metrics in the order of the evaluation
 * @param evaluations each fold's evaluation, with its report
 */
public record FoldScores(List<Metric> metrics, List<ArtifactRef> evaluations) {
    public FoldScores {
        metrics = List.copyOf(metrics);
        evaluations = List.copyOf(evaluations);
    }

    /**
     * One metric.
     *
     * @param before mean score of the base model on the same rows; null when it was not measured
     * @param mean mean score of the trained models
     * @param deviation sample standard deviation of the trained models' scores, which divides by n - 1
     * @param values the score of each fold
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Metric(String metric, @Nullable Double before, double mean, double deviation, List<Double> values) {
        public Metric {
            values = List.copyOf(values);
        }

        /** The scores in words. */
        public String words() {
            String base = before == null ? "" : ", base model " + Score.figures(before);
            return String.format(
                    Locale.ROOT,
                    "%s ± %s in %d folds%s",
                    Score.figures(mean),
                    Score.figures(deviation),
                    values.size(),
                    base);
        }
    }

    /** The scores of the metrics that every fold has. */
    public static FoldScores of(List<EvaluationReport> folds) {
        List<Metric> metrics = new ArrayList<>();
        for (Score first : folds.get(0).scores()) {
            List<Score> all = folds.stream()
                    .flatMap(fold -> fold.scores().stream())
                    .filter(score -> score.metric().equals(first.metric()))
                    .toList();
            if (all.size() == folds.size()) {
                metrics.add(metric(first.metric(), all));
            }
        }
        return new FoldScores(
                metrics, folds.stream().map(EvaluationReport::artifact).toList());
    }

    private static Metric metric(String name, List<Score> all) {
        List<Double> values = all.stream().map(Score::after).toList();
        double mean = mean(values);
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        List<Double> before =
                all.stream().map(Score::before).filter(Objects::nonNull).toList();
        return new Metric(
                name,
                before.size() == all.size() ? mean(before) : null,
                mean,
                Math.sqrt(squares / (values.size() - 1)),
                values);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** What keys contain; null without a cross-validation. */
    public static @Nullable String digest(@Nullable FoldScores scores) {
        return scores == null
                ? null
                : scores.evaluations().stream().map(ArtifactRef::sha256).collect(Collectors.joining(","));
    }

    /** All metrics in one line. */
    public String words() {
        return metrics.stream()
                .map(metric -> String.format(Locale.ROOT, "%s %s", metric.metric(), metric.words()))
                .collect(Collectors.joining("; "));
    }
}
