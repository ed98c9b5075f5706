package dev.septet.activities.evaluate.gate;

import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A share of rows, with a Wilson score interval. Unlike a bootstrap, this interval has a width where no row or every row
 * counts. Rows that could not be measured never help: with one of them, the verdict is not GO.
 *
 * @param count number of rows that count, at most {@code total}
 * @param total number of measured rows
 * @param unmeasured number of rows that could not be measured
 * @param reasons why they could not be measured; empty without such rows
 * @see <a href="https://doi.org/10.1080/01621459.1927.10502953">Wilson, 1927</a>
 */
public record Rate(String name, int count, int total, int unmeasured, String reasons) {
    /** The 97.5 % quantile of the normal distribution. */
    private static final double Z = 1.959963984540054;

    private static final int MOST_ROWS = 100_000_000;

    public Rate {
        if (count < 0 || count > total || unmeasured < 0) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "%d of %d rows, %d not measured", count, total, unmeasured));
        }
    }

    /** The share of the measured rows; NaN when there are none. */
    public double value() {
        return total == 0 ? Double.NaN : (double) count / total;
    }

    /** The 95 % interval of the share. */
    public Interval interval() {
        return interval(value(), total);
    }

    private static Interval interval(double share, double rows) {
        if (rows == 0) {
            return new Interval(Double.NaN, Double.NaN);
        }
        double square = Z * Z;
        double middle = (share + square / (2 * rows)) / (1 + square / rows);
        double half = Z / (1 + square / rows) * Math.sqrt(share * (1 - share) / rows + square / (4 * rows * rows));
        return new Interval(Math.max(0, middle - half), Math.min(1, middle + half));
    }

    /** The smallest number of rows with which a rate of 0 is shown to be at most a bound. */
    public static int leastRows(double max) {
        return rowsFor(0, max);
    }

    /** The smallest number of rows with which this share is shown to be at most a bound above it. */
    private static int rowsFor(double share, double max) {
        int low = Bound.MINIMUM_ROWS;
        int high = MOST_ROWS;
        while (low < high) {
            int middle = low + (high - low) / 2;
            if (interval(share, middle).high() <= max) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /**
     * Judges an upper bound.
     *
     * @param max null = no bound
     */
    public Score atMost(@Nullable Double max) {
        return score(judge(value(), interval(), max, "at most", max == null ? 0 : max, worst(count)));
    }

    /**
     * Judges a lower bound.
     *
     * @param min null = no bound
     */
    public Score atLeast(@Nullable Double min) {
        return score(judge(
                1 - value(),
                new Interval(1 - interval().high(), 1 - interval().low()),
                min == null ? null : 1 - min,
                "at least",
                min == null ? 0 : min,
                worst(total - count)));
    }

    /** The share of bad rows if every unmeasured row is good. */
    private double worst(int bad) {
        return (double) bad / (total + unmeasured);
    }

    /**
     * @param bad share of bad rows
     * @param max largest accepted share of bad rows
     * @param shown the bound as the file has it
     * @param least share of bad rows if every unmeasured row is good
     */
    private Judgement judge(
            double bad, Interval interval, @Nullable Double max, String word, double shown, double least) {
        if (total == 0) {
            return new Judgement(
                    Verdict.NO_GO,
                    unmeasured == 0
                            ? name + " has no rows, and a missing number is a no"
                            : String.format(
                                    Locale.ROOT,
                                    "%s could not be measured on any of %d rows (%s)",
                                    name,
                                    unmeasured,
                                    reasons));
        }
        String found = String.format(Locale.ROOT, "%s: %d of %d (%s)", name, count, total, percent(value()));
        String bound = word + " " + percent(shown);
        if (unmeasured > 0) {
            String rows = String.format(
                    Locale.ROOT, "%d of %d rows could not be measured (%s)", unmeasured, total + unmeasured, reasons);
            return max != null && least > max
                    ? new Judgement(Verdict.NO_GO, "%s, not %s; %s".formatted(found, bound, rows))
                    : new Judgement(Verdict.INCONCLUSIVE, "%s; %s".formatted(found, rows));
        }
        if (max == null) {
            return new Judgement(Verdict.GO, found + "; no bound was asked for");
        }
        Verdict verdict = Bound.least(-bad, interval.negated(), -max, false, total);
        String range = "95 %% interval (%s to %s)"
                .formatted(percent(interval().low()), percent(interval().high()));
        return new Judgement(
                verdict,
                found
                        + switch (verdict) {
                            case GO -> ", %s with its whole %s".formatted(bound, range);
                            case NO_GO -> ", not %s".formatted(bound);
                            case INCONCLUSIVE ->
                                bad < max
                                        ? String.format(
                                                Locale.ROOT,
                                                ", %s, but its %s is not; about %d rows with this rate would decide",
                                                bound,
                                                range,
                                                rowsFor(bad, max))
                                        : ", exactly the bound, and no number of rows would decide";
                        });
    }

    private Score score(Judgement judgement) {
        return new Score(name, null, value(), null, null, total, judgement.verdict(), judgement.why());
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
