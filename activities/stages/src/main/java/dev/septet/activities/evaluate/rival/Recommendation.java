package dev.septet.activities.evaluate.rival;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.MoreRows;
import dev.septet.activities.evaluate.rival.RivalReport.Candidate;
import dev.septet.activities.evaluate.rival.RivalReport.Choice;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether to fine-tune, to retrieve, to do both or neither, by one metric of one set of rows.
 *
 * <p>The rule: the best candidate is the one with the best score. The candidates are then tried from the cheapest to the
 * dearest. The first one that is not worse than the best one wins: the 95 % interval of their difference, paired by row,
 * contains 0. The order of cost is: neither; then fine-tuning and retrieval, the one with fewer tokens of prompt and answer
 * first; then both.
 *
 * @param set name of the set; empty for the test split
 * @param choice null when nothing can be recommended
 * @param chosen index of the chosen candidate; null without a choice
 * @param best index of the candidate with the best score; null when no candidate was measured
 * @param steps what the rule found, from the cheapest candidate on
 * @param moreRows about how many more rows would show whether the best candidate is better than the chosen one; null when
 *     they are the same, or no number of rows would
 * @param why one sentence
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Recommendation(
        String set,
        String metric,
        int rows,
        @Nullable Choice choice,
        @Nullable Integer chosen,
        @Nullable Integer best,
        List<Step> steps,
        @Nullable Long moreRows,
        String why) {
    public Recommendation {
        steps = List.copyOf(steps);
    }

    /**
     * One comparison of the rule.
     *
     * @param candidate its index
     * @param gap how much better the best candidate is; positive is better, also where a smaller score is better
     * @param interval its 95 % interval
     * @param worse whether the candidate is worse: the whole interval is above 0
     */
    public record Step(int candidate, double gap, Interval interval, boolean worse) {}

    /**
     * Decides.
     *
     * @param metric name of a metric of the set
     * @throws IllegalArgumentException when the set has no such metric
     */
    public static Recommendation of(RivalReport.Set set, String metric) {
        RivalReport.Measured measured = set.metrics().stream()
                .filter(each -> each.name().equals(metric))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("the metric '%s' is not measured on these rows; choose one of %s"
                                .formatted(
                                        metric,
                                        String.join(
                                                ", ",
                                                set.metrics().stream()
                                                        .map(RivalReport.Measured::name)
                                                        .toList()))));
        double sign = measured.lowerIsBetter() ? -1 : 1;
        List<Candidate> candidates = set.candidates();
        List<Integer> order = IntStream.range(0, candidates.size())
                .boxed()
                .sorted(Comparator.comparingInt((Integer at) -> effort(candidates.get(at)))
                        .thenComparingDouble(at -> candidates.get(at).tokens()))
                .toList();
        List<Integer> missing = order.stream()
                .filter(at -> Double.isNaN(score(candidates.get(at), metric)))
                .toList();
        if (!missing.isEmpty()) {
            Candidate first = candidates.get(missing.get(0));
            return none(
                    set,
                    metric,
                    "%s of the %s could not be measured, so nothing is recommended"
                            .formatted(metric, RivalTables.name(first.choice(), first.by())));
        }
        if (set.rows() < TestSetSpec.MINIMUM_ROWS) {
            return none(
                    set,
                    metric,
                    String.format(
                            Locale.ROOT,
                            "there are only %d rows: at least %d are needed to decide",
                            set.rows(),
                            TestSetSpec.MINIMUM_ROWS));
        }
        int best = order.stream()
                .max(Comparator.comparingDouble((Integer at) -> sign * score(candidates.get(at), metric))
                        .thenComparing(order::indexOf, Comparator.reverseOrder()))
                .orElseThrow();
        List<Step> steps = new ArrayList<>();
        for (int at : order) {
            Step step = at == best ? new Step(at, 0, new Interval(0, 0), false) : step(set, metric, sign, best, at);
            if (Double.isNaN(step.gap())
                    || Double.isNaN(step.interval().low())
                    || Double.isNaN(step.interval().high())) {
                return none(
                        set,
                        metric,
                        "the interval of %s between the %s and the %s could not be measured, so nothing is recommended; use more rows, or another metric"
                                .formatted(metric, name(candidates.get(at)), name(candidates.get(best))));
            }
            steps.add(step);
            if (!step.worse()) {
                return chosen(set, metric, at, best, step, steps);
            }
        }
        throw new IllegalStateException("the best candidate is not worse than itself");
    }

    private static Recommendation chosen(
            RivalReport.Set set, String metric, int chosen, int best, Step step, List<Step> steps) {
        Candidate winner = set.candidates().get(chosen);
        Candidate top = set.candidates().get(best);
        String winnerName = RivalTables.name(winner.choice(), winner.by());
        String why;
        Long more = null;
        if (chosen == best) {
            why = "%s of the %s is the best (%s), and every cheaper candidate is worse"
                    .formatted(metric, winnerName, Figures.of(score(winner, metric)));
            if (steps.size() == 1) {
                why = "%s of the %s is the best (%s), and nothing is cheaper"
                        .formatted(metric, winnerName, Figures.of(score(winner, metric)));
            }
        } else {
            why = "%s of the %s is better by %s, but the 95 %% interval (%s) contains 0, and the %s is cheaper"
                    .formatted(
                            metric,
                            RivalTables.name(top.choice(), top.by()),
                            Figures.of(step.gap()),
                            Figures.of(step.interval()),
                            winnerName);
            more = MoreRows.toDecide(
                    set.rows(), step.gap(), step.gap() - step.interval().low());
        }
        return new Recommendation(set.set(), metric, set.rows(), winner.choice(), chosen, best, steps, more, why);
    }

    private static Recommendation none(RivalReport.Set set, String metric, String why) {
        return new Recommendation(set.set(), metric, set.rows(), null, null, null, List.of(), null, why);
    }

    private static Step step(RivalReport.Set set, String metric, double sign, int best, int other) {
        int of = Math.max(best, other);
        int from = Math.min(best, other);
        RivalReport.Difference difference = set.differences().stream()
                .filter(each -> each.metric().equals(metric) && each.of() == of && each.from() == from)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the results have no difference of two candidates"));
        double turn = best == of ? sign : -sign;
        double low = turn * difference.interval().low();
        double high = turn * difference.interval().high();
        Interval interval = new Interval(Math.min(low, high), Math.max(low, high));
        return new Step(other, turn * difference.value(), interval, interval.low() > 0);
    }

    private static double score(Candidate candidate, String metric) {
        return Objects.requireNonNull(candidate.metrics().get(metric), metric).score();
    }

    /** What a candidate needs: nothing, one of training and retrieval, or both. */
    private static int effort(Candidate candidate) {
        return switch (candidate.choice()) {
            case NEITHER -> 0;
            case FINE_TUNE, RETRIEVE -> 1;
            case BOTH -> 2;
        };
    }

    /** The choice in words; {@code nothing} without one. */
    public String words() {
        return Optional.ofNullable(choice)
                .map(made -> switch (made) {
                    case NEITHER -> "neither";
                    case FINE_TUNE -> "fine-tune";
                    case RETRIEVE -> "retrieve";
                    case BOTH -> "both";
                })
                .orElse("nothing");
    }

    /** The name of a candidate in words, such as {@code tuned model, retrieval by words}. */
    public static String name(Candidate candidate) {
        return RivalTables.name(candidate.choice(), candidate.by());
    }

    /** The least of measured seconds; NaN where none was measured. */
    public static double least(List<Double> seconds) {
        return seconds.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    /** The median of measured seconds; NaN where none was measured. */
    public static double median(List<Double> seconds) {
        List<Double> sorted = seconds.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.isEmpty()
                ? Double.NaN
                : sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
