package dev.septet.activities.evaluate.gate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.RetrievalSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the checks of one set of rows can decide with its number of rows, before anything is measured; {@link Power} has the
 * formulas. Nothing is said of metrics whose spread is only known from answers, such as perplexity and BLEU.
 *
 * @param set name of the set; empty for the test split
 * @param rows number of its rows that are evaluated
 * @param checks in the order of the pipeline file
 */
public record PowerForecast(String set, long rows, List<Check> checks) {
    /** A slice's share of right answers when no bound says what is expected. */
    private static final double EXPECTED = 0.8;

    public PowerForecast {
        checks = List.copyOf(checks);
    }

    /**
     * One check.
     *
     * @param name the metric and its bound
     * @param least the smallest true score, or the smallest true gain, that passes in 80 of 100 evaluations with the
     *     present rows; null when it is not known
     * @param needed number of rows with which a score half-way between the bound and 1 passes, or with which a slice is
     *     decided; null when it is not known
     * @param words the same in words
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Check(
            String name, @Nullable Double least, @Nullable Integer needed, String words) {}

    /** The forecast of a set's checks. */
    public static PowerForecast of(String set, EvaluateSpec spec, long rows) {
        int count = (int) Math.min(rows, Power.MOST);
        List<Check> checks = new ArrayList<>();
        for (MetricSpec metric : spec.metrics()) {
            Double bound = metric.above();
            boolean share = Metrics.of(metric).isShare();
            if (bound != null && share) {
                checks.add(above(metric.name(), bound, count));
            }
            if (share) {
                compared(metric.name(), "baseline", spec.compare(), count, checks);
                compared(metric.name(), "champion", spec.champion(), count, checks);
                for (RetrievalSpec rival : spec.retrieval()) {
                    String by = rival.by().name().toLowerCase(Locale.ROOT);
                    compared(metric.name(), "retrieval by " + by, rival.compare(), count, checks);
                }
            }
            for (SliceSpec slice : spec.slices()) {
                Double gap = slice.bounds(metric.name()) ? slice.maxGap() : null;
                if (share && gap != null && gap > 0) {
                    checks.add(slice(metric.name(), slice.by(), gap, bound == null ? EXPECTED : bound));
                }
            }
        }
        return new PowerForecast(set, rows, checks);
    }

    private static Check above(String metric, double bound, int rows) {
        double least = Power.passing(bound, rows);
        double half = (1 + bound) / 2;
        int needed = Power.rows(bound, half);
        return new Check(
                "%s above %s".formatted(metric, Figures.of(bound)),
                least,
                needed,
                String.format(
                        Locale.ROOT,
                        "%,d rows pass a model in 4 of 5 evaluations if its true score is at least %s; for %s, %,d"
                                + " rows are needed",
                        rows,
                        Figures.of(least),
                        Figures.of(half),
                        needed));
    }

    private static void compared(
            String metric, String with, @Nullable CompareSpec compare, int rows, List<Check> checks) {
        if (compare == null || rows == 0) {
            return;
        }
        double gain = Power.gain(rows);
        checks.add(new Check(
                "%s, compare %s".formatted(metric, with),
                gain,
                null,
                String.format(
                        Locale.ROOT,
                        "%,d rows pass a model in 4 of 5 evaluations if its true gain is at least %s%s",
                        rows,
                        Figures.of(gain),
                        compare.leastGain() == 0
                                ? ""
                                : compare.leastGain() > 0
                                        ? ", and the required gain of %s".formatted(Figures.share(compare.leastGain()))
                                        : ", less the tolerance of %s".formatted(Figures.share(compare.tolerance())))));
    }

    private static Check slice(String metric, String by, double gap, double score) {
        int needed = Power.rowsOfSlice(score, gap);
        return new Check(
                "%s by %s, maxGap %s".formatted(metric, by, Figures.share(gap)),
                null,
                needed,
                String.format(
                        Locale.ROOT,
                        "each slice needs about %,d rows to pass if all slices score %s",
                        needed,
                        Figures.of(score)));
    }
}
