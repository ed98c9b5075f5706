package dev.septet.activities.evaluate.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A number that a benchmark measures: a metric of a task, or its mean over the tasks of a group.
 *
 * @param title name of the metric, with that of its filter
 * @param parts the tasks' metrics, by the tasks' places in the benchmark; one without a group
 * @param bySize whether tasks of a group count by their numbers of rows
 */
public record BenchmarkMeasure(String title, List<Part> parts, boolean bySize) {
    public BenchmarkMeasure {
        parts = List.copyOf(parts);
    }

    /** A task's metric. */
    record Part(int task, BenchmarkTask.Scoring scoring) {
        /** Number of sums of the part: those of the metric, and the number of rows. */
        int width() {
            return scoring.metric().aggregation().width() + 1;
        }
    }

    /** Whether a larger score is better. */
    public boolean higherIsBetter() {
        return parts.get(0).scoring().metric().higherIsBetter();
    }

    /**
     * What each row adds to the sums: those of all parts, one after the other.
     *
     * @param tasks the benchmark's tasks
     * @param responses of each row of the first task, then of the next one, and so on
     */
    public double[][] tallies(List<BenchmarkTask> tasks, List<List<BenchmarkResponse>> responses) {
        int width = parts.stream().mapToInt(Part::width).sum();
        List<double[]> tallies = new ArrayList<>();
        int from = 0;
        for (Part part : parts) {
            int at = responsesBefore(tasks, part.task());
            for (BenchmarkTask.Row row : tasks.get(part.task()).rows()) {
                double[] tally = new double[width];
                double[] own = new RowTally(row, responses.get(at++)).of(part.scoring());
                System.arraycopy(own, 0, tally, from, own.length);
                tally[from + own.length] = 1;
                tallies.add(tally);
            }
            from += part.width();
        }
        return tallies.toArray(double[][]::new);
    }

    private static int responsesBefore(List<BenchmarkTask> tasks, int task) {
        return tasks.subList(0, task).stream()
                .mapToInt(one -> one.rows().size())
                .sum();
    }

    /** The score of summed tallies; a task without rows among them does not count. */
    public double score(double[] sums) {
        double total = 0;
        double weights = 0;
        int from = 0;
        for (Part part : parts) {
            double rows = sums[from + part.width() - 1];
            if (rows > 0) {
                double[] own = Arrays.copyOfRange(sums, from, from + part.width() - 1);
                double weight = bySize ? rows : 1;
                total += weight * part.scoring().metric().aggregation().score(own);
                weights += weight;
            }
            from += part.width();
        }
        return total / weights;
    }

    /** The score of all rows. */
    public double score(double[][] tallies) {
        double[] sums = new double[tallies[0].length];
        for (double[] tally : tallies) {
            for (int at = 0; at < sums.length; at++) {
                sums[at] += tally[at];
            }
        }
        return score(sums);
    }

    /**
     * The standard error of the mean over rows, as lm-evaluation-harness computes it, also for groups.
     *
     * @return null for a metric that is not a mean over rows, or for a task of one row
     */
    public @Nullable Double standardError(double[][] tallies) {
        double total = 0;
        double rows = 0;
        int from = 0;
        for (Part part : parts) {
            List<Double> values = new ArrayList<>();
            for (double[] tally : tallies) {
                if (tally[from + part.width() - 1] > 0) {
                    values.add(tally[from]);
                }
            }
            if (part.scoring().metric().aggregation() != TaskMetric.Aggregation.MEAN || values.size() < 2) {
                return null;
            }
            double variance = variance(values) / values.size();
            int size = values.size();
            total += parts.size() == 1 || !bySize ? variance : (size - 1) * variance * size;
            rows += size;
            from += part.width();
        }
        if (parts.size() == 1) {
            return Math.sqrt(total);
        }
        // Pooled variance of the tasks' means, or the variance of their plain mean.
        return bySize ? Math.sqrt(total / (rows - parts.size()) / rows) : Math.sqrt(total) / parts.size();
    }

    private static double variance(List<Double> values) {
        double mean = values.stream().mapToDouble(value -> value).average().orElse(Double.NaN);
        return values.stream()
                        .mapToDouble(value -> (value - mean) * (value - mean))
                        .sum()
                / (values.size() - 1);
    }
}
