package dev.septet.activities.evaluate.gate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One metric of each slice of a set of rows, and how much worse each slice is than all rows.
 *
 * <p>The gap of a slice is positive when the slice is worse. Its interval comes from a bootstrap that draws the slice's rows
 * and the other rows separately, so that every resample has the slice's number of rows. The bound holds if every slice's gap
 * and its whole interval are within {@code maxGap}. No correction for the number of slices is needed: a GO needs all of
 * them, so it is wrong at most as often as one of them is.
 *
 * @param by the column
 * @param score the metric of all rows
 * @param maxGap largest accepted gap, as a fraction of {@code score}; null when it has no bound
 * @param slices in the order of their names
 * @see <a href="https://doi.org/10.1080/00401706.1982.10487790">Berger, 1982: intersection-union tests</a>
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SliceTable(
        String by,
        String metric,
        double score,
        long rows,
        @Nullable Double maxGap,
        List<Slice> slices) {
    public SliceTable {
        slices = List.copyOf(slices);
    }

    /**
     * One slice.
     *
     * @param name the value of the column, or the period; it comes from the rows
     * @param before the base model's score, null when it was not measured
     * @param interval 95 % interval of {@code after}
     * @param delta 95 % interval of {@code after - before}; null without {@code before}
     * @param gap how much worse than all rows, in units of the metric
     * @param gapInterval 95 % interval of the gap
     * @param verdict null when the slice has no bound
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Slice(
            String name,
            int rows,
            @Nullable Double before,
            double after,
            Interval interval,
            @Nullable Interval delta,
            double gap,
            Interval gapInterval,
            @Nullable Verdict verdict) {
        /** Whether it has too few rows to decide anything. */
        boolean few() {
            return rows < Bound.MINIMUM_ROWS;
        }
    }

    /**
     * Measures the slices.
     *
     * @param names the slice of each row
     * @param base the base model's outcomes, paired row by row with {@code tuned}; null without one
     */
    public static SliceTable of(
            Metric metric,
            SliceSpec spec,
            List<String> names,
            @Nullable List<Outcome> base,
            List<Outcome> tuned,
            Bootstrap bootstrap) {
        if (base == null && !tuned.stream().allMatch(metric::covers)) {
            List<Integer> covered = IntStream.range(0, tuned.size())
                    .filter(row -> metric.covers(tuned.get(row)))
                    .boxed()
                    .toList();
            return of(
                    metric,
                    spec,
                    covered.stream().map(names::get).toList(),
                    null,
                    covered.stream().map(tuned::get).toList(),
                    bootstrap);
        }
        Map<String, List<Integer>> rowsOf = new TreeMap<>();
        for (int row = 0; row < names.size(); row++) {
            rowsOf.computeIfAbsent(names.get(row), name -> new ArrayList<>()).add(row);
        }
        Tallies tallies = Tallies.of(metric.fit(tuned), tuned);
        double whole = tallies.score();
        Double most = spec.bounds(metric.name()) ? spec.maxGap() : null;
        List<Slice> slices = new ArrayList<>();
        rowsOf.forEach((name, rows) -> {
            Measurement own = Measurement.of(
                    metric,
                    base == null ? null : rows.stream().map(base::get).toList(),
                    rows.stream().map(tuned::get).toList(),
                    bootstrap);
            double sign = metric.lowerIsBetter() ? 1 : -1;
            double gap = sign * (own.after() - whole);
            Interval gaps = gaps(tallies, rows, names.size(), sign, bootstrap);
            slices.add(new Slice(
                    name,
                    rows.size(),
                    own.before(),
                    own.after(),
                    own.interval(),
                    own.delta(),
                    gap,
                    gaps,
                    most != null && spec.bounds(rows.size())
                            ? verdict(gap, gaps, most * Math.abs(whole), rows.size())
                            : null));
        });
        return new SliceTable(spec.by(), metric.name(), whole, names.size(), most, slices);
    }

    private static Interval gaps(Tallies tallies, List<Integer> slice, int rows, double sign, Bootstrap bootstrap) {
        int[] inside = slice.stream().mapToInt(Integer::intValue).toArray();
        int[] outside = new int[rows - inside.length];
        for (int row = 0, in = 0, out = 0; row < rows; row++) {
            if (in < inside.length && inside[in] == row) {
                in++;
            } else {
                outside[out++] = row;
            }
        }
        int[] all = new int[rows];
        return bootstrap.stratified(List.of(inside, outside), drawn -> {
            System.arraycopy(drawn.get(0), 0, all, 0, inside.length);
            System.arraycopy(drawn.get(1), 0, all, inside.length, outside.length);
            return sign * (tallies.score(drawn.get(0)) - tallies.score(all));
        });
    }

    private static Verdict verdict(double gap, Interval gaps, double allowed, int rows) {
        if (Double.isNaN(gap) || Double.isNaN(allowed)) {
            return Verdict.NO_GO;
        }
        // One wrong answer of few rows is no evidence against a slice, and their right answers are none for it.
        return rows < Bound.MINIMUM_ROWS
                ? Verdict.INCONCLUSIVE
                : Bound.least(-gap, gaps.negated(), -allowed, false, rows);
    }

    /**
     * The verdict on the bounded slices, with the numbers of the slice that decides it. Its sentence has no value of the
     * column, because a value comes from the rows.
     *
     * @param set name of the set of rows; empty for the test split
     * @return empty when the slices have no bound
     */
    public Optional<Score> judge(String set) {
        Double most = maxGap;
        if (most == null) {
            return Optional.empty();
        }
        List<Slice> bounded =
                slices.stream().filter(slice -> slice.verdict() != null).toList();
        String name = "%s by %s".formatted(Gate.on(metric, set), by);
        if (bounded.isEmpty()) {
            return Optional.of(new Score(
                    name,
                    null,
                    score,
                    null,
                    null,
                    rows,
                    Verdict.INCONCLUSIVE,
                    String.format(
                            Locale.ROOT,
                            "Each of the %d slices by '%s' has fewer rows than minRows:, so none was compared; add rows, or lower minRows:.",
                            slices.size(),
                            by)));
        }
        Verdict verdict = Judgement.worst(bounded.stream().map(Slice::verdict));
        Slice worst = bounded.stream()
                .filter(slice -> slice.verdict() == verdict)
                .max(Comparator.comparingDouble(slice -> Double.isNaN(slice.gap()) ? Double.MAX_VALUE : slice.gap()))
                .orElseThrow();
        Interval delta = worst.delta();
        return Optional.of(new Score(
                name,
                worst.before(),
                worst.after(),
                delta == null ? null : delta.low(),
                delta == null ? null : delta.high(),
                worst.rows(),
                verdict,
                why(bounded, worst, verdict, most) + "."));
    }

    private String why(List<Slice> bounded, Slice worst, Verdict verdict, double most) {
        String allowed = "the gap of " + Figures.share(most);
        if (Double.isNaN(worst.after()) || Double.isNaN(score)) {
            return "%s of a slice by '%s' is missing (not a number), and a missing number is a no"
                    .formatted(metric, by);
        }
        String gap = String.format(
                Locale.ROOT,
                "%s of the worst of %d slices by '%s' is %s, and of all rows %s (%s)",
                metric,
                bounded.size(),
                by,
                Figures.of(worst.after()),
                Figures.of(score),
                worst.gap() > 0 ? Figures.share(worst.gap() / Math.abs(score)) + " worse" : "not worse");
        long few = bounded.stream().filter(Slice::few).count();
        return switch (verdict) {
            case GO -> gap + ", within " + allowed + " with its whole 95 % interval" + unbounded(bounded);
            case NO_GO -> gap + ", over " + allowed;
            case INCONCLUSIVE ->
                few > 0
                        ? String.format(
                                Locale.ROOT,
                                "%d of %d slices by '%s' %s too few rows: at least %d are needed to decide; add rows, or set minRows: to leave them out",
                                few,
                                bounded.size(),
                                by,
                                few == 1 ? "has" : "have",
                                Bound.MINIMUM_ROWS)
                        : gap
                                + ", but the gap's 95 %% interval (%s) reaches over %s"
                                        .formatted(Figures.of(worst.gapInterval()), allowed)
                                + MoreRows.words(
                                        "of this slice",
                                        worst.rows(),
                                        most * Math.abs(score) - worst.gap(),
                                        worst.gapInterval().high() - worst.gap());
        };
    }

    private String unbounded(List<Slice> bounded) {
        int others = slices.size() - bounded.size();
        return others == 0
                ? ""
                : String.format(
                        Locale.ROOT, "; %d smaller %s no bound", others, others == 1 ? "slice has" : "slices have");
    }
}
