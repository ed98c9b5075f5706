package dev.septet.activities.evaluate.cluster;

import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.ErrorClustersSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rows a model fails.
 *
 * @param metric name of the metric or score
 * @param words the rule in words
 * @param failed whether each row fails; null for a row that was not measured
 */
public record FailureRule(String metric, String words, List<@Nullable Boolean> failed) {
    /**
     * Applies the rule of the pipeline file. A row's score is that of the metric on this row alone. A row whose score is
     * missing fails; a row that the metric is not about does not. With {@code worst}, the first of rows with equal scores fails first, and a row with the best score of
     * all rows never fails.
     *
     * @param outcomes at least one
     */
    public static FailureRule of(ErrorClustersSpec spec, Metric given, List<Outcome> outcomes) {
        Metric metric = given.fit(outcomes);
        List<@Nullable Double> scores = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            boolean measured = metric.covers(outcome) && metric.measures(outcome);
            scores.add(measured ? (Double) metric.score(metric.tally(outcome)) : null);
        }
        Double bound = spec.bound();
        if (bound == null && spec.worst() == null && !metric.lowerIsBetter() && inUnitRange(scores)) {
            bound = ErrorClustersSpec.DEFAULT_BOUND;
        }
        return bound == null ? worst(spec, metric, scores) : worseThan(bound, metric, scores);
    }

    /** Whether no row's score is outside of 0 to 1. The labels' F1 is no mean of rows, but has such scores. */
    private static boolean inUnitRange(List<@Nullable Double> scores) {
        return scores.stream().allMatch(score -> score == null || score.isNaN() || (score >= 0 && score <= 1));
    }

    private static FailureRule worseThan(double bound, Metric metric, List<@Nullable Double> scores) {
        List<@Nullable Boolean> failed = new ArrayList<>();
        for (Double score : scores) {
            failed.add(
                    score == null
                            ? null
                            : (Boolean) (score.isNaN() || (metric.lowerIsBetter() ? score > bound : score < bound)));
        }
        return new FailureRule(
                metric.name(),
                "%s of the row is %s %s"
                        .formatted(metric.name(), metric.lowerIsBetter() ? "above" : "below", Figures.of(bound)),
                failed);
    }

    private static FailureRule worst(ErrorClustersSpec spec, Metric metric, List<@Nullable Double> scores) {
        double share = spec.worst() == null ? ErrorClustersSpec.DEFAULT_WORST : spec.worst();
        List<@Nullable Boolean> failed = new ArrayList<>();
        List<Integer> measured = new ArrayList<>();
        for (int row = 0; row < scores.size(); row++) {
            failed.add(scores.get(row) == null ? null : (Boolean) false);
            if (scores.get(row) != null) {
                measured.add(row);
            }
        }
        Comparator<Integer> worstFirst = Comparator.comparingDouble(row -> goodness(scores.get(row), metric));
        double best = measured.stream()
                .mapToDouble(row -> goodness(scores.get(row), metric))
                .max()
                .orElse(0);
        int count = (int) Math.ceil(share * measured.size());
        measured.stream()
                .sorted(worstFirst)
                .limit(count)
                .filter(row -> missing(scores.get(row)) || goodness(scores.get(row), metric) < best)
                .forEach(row -> failed.set(row, true));
        return new FailureRule(
                metric.name(),
                "%s of the row is among the worst %s".formatted(metric.name(), Figures.share(share)),
                failed);
    }

    private static boolean missing(@Nullable Double score) {
        return score != null && score.isNaN();
    }

    /** Larger for a better row; least for a missing score. */
    private static double goodness(@Nullable Double score, Metric metric) {
        if (score == null || missing(score)) {
            return Double.NEGATIVE_INFINITY;
        }
        return metric.lowerIsBetter() ? -score : score;
    }

    /** Whether the row was measured and fails. */
    boolean fails(int row) {
        Boolean known = failed.get(row);
        return known != null && known;
    }

    /** Whether the row was measured. */
    boolean measures(int row) {
        return failed.get(row) != null;
    }
}
