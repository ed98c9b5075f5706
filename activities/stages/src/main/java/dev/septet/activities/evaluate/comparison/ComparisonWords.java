package dev.septet.activities.evaluate.comparison;

import dev.septet.activities.evaluate.gate.Figures;
import dev.septet.activities.evaluate.gate.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The words of a comparison, which the terminal and the page share. */
public final class ComparisonWords {
    /** What the mark of the best run means. */
    public static final String BEST =
            "The best of the runs that can be compared: each interval of its differences excludes 0, and each p-value"
                    + " is below 0.05 after Holm's correction.";

    /** What is said when no run is marked. */
    public static final String NO_BEST = "No run is shown to be the best in any measure.";

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final int DIGITS = 12;
    private static final String NONE = "–";

    private ComparisonWords() {}

    /** A letter for a run: A, B and so on. */
    public static String letter(int run) {
        return String.valueOf((char) ('A' + run));
    }

    /** The measure with its kind and its set. */
    public static String title(RunComparison.Line line) {
        String on = line.set().isEmpty() ? "" : " on " + line.set();
        return switch (line.kind()) {
            case METRIC -> line.metric() + on;
            case SLICE -> line.metric() + on + ", worst slice";
            case FORGETTING -> "forgetting: " + line.metric();
            case BENCHMARK -> "benchmark: " + line.metric();
            case CHECK -> "check: " + line.metric();
            case SAFETY -> "safety: " + line.metric();
            case LABEL -> "label: " + line.metric();
            case JUDGE -> "judges: " + line.metric();
        };
    }

    /** The number of rows, or all numbers where they differ. */
    public static String rows(RunComparison.Line line) {
        return new TreeSet<>(line.values().stream()
                        .filter(Objects::nonNull)
                        .map(value -> Objects.requireNonNull(value).rows())
                        .toList())
                .stream().map(rows -> String.format(Locale.ROOT, "%,d", rows)).collect(Collectors.joining(" / "));
    }

    /** A value; a dash where a run did not measure it. */
    public static String value(@Nullable MeasuredValue value) {
        return value == null ? NONE : Figures.of(value.value());
    }

    /** What belongs to a value: its interval, and the slice; may be empty. */
    public static String range(@Nullable MeasuredValue value) {
        if (value == null) {
            return "";
        }
        String slice = value.kind() == MeasuredValue.Kind.SLICE ? value.detail() : "";
        Interval interval = value.interval();
        return (interval == null ? "" : "(%s) ".formatted(Figures.of(interval)))
                .concat(slice)
                .strip();
    }

    /** A difference with its interval. */
    public static String difference(Contrast contrast) {
        Interval interval = contrast.interval();
        return interval == null
                ? NONE
                : "%s (%s to %s)"
                        .formatted(
                                Figures.change(contrast.difference()),
                                Figures.change(interval.low()),
                                Figures.change(interval.high()));
    }

    /** The p-value after the correction. */
    public static String p(Contrast contrast) {
        Double p = contrast.adjusted();
        if (p == null || Double.isNaN(p)) {
            return NONE;
        }
        return p < 0.001 ? "<0.001" : String.format(Locale.ROOT, "%.3f", p);
    }

    /** How a difference was found, or why there is none. */
    public static String how(Contrast contrast) {
        List<String> parts = new ArrayList<>();
        if (!contrast.comparable()) {
            parts.add("not comparable: " + String.join(", ", contrast.reasons()));
        } else if (contrast.method() != Contrast.Method.NONE) {
            parts.add(contrast.method().words());
        }
        if (contrast.gained() != null && contrast.lost() != null) {
            parts.add(String.format(Locale.ROOT, "%d rows gained, %d lost", contrast.gained(), contrast.lost()));
        }
        parts.addAll(contrast.notes());
        return String.join("; ", parts);
    }

    /** What the p-values were corrected for. */
    public static String caution(RunComparison comparison) {
        int runs = comparison.runs().size();
        return runs == 2
                ? "Each measure is tested alone: of 20 measures without a difference, about one has a p-value below"
                        + " 0.05."
                : String.format(
                        Locale.ROOT,
                        "The p-values have Holm's correction for the %d pairs of runs of each measure, not for the number of measures.",
                        runs * (runs - 1) / 2);
    }

    /** A fact; digests are shortened. */
    public static String fact(@Nullable String value) {
        return value == null ? "not recorded" : DIGEST.matcher(value).matches() ? value.substring(0, DIGITS) : value;
    }

    /** What no run recorded, of what people compare. */
    public static List<String> missing(RunComparison comparison) {
        List<String> missing = new ArrayList<>();
        if (none(comparison, "cost")) {
            missing.add("cost");
        }
        if (none(comparison, "took") && none(comparison, "duration") && none(comparison, "seconds")) {
            missing.add("time");
        }
        if (none(comparison, "size")) {
            missing.add("size");
        }
        return missing.isEmpty() ? List.of() : List.of("Not recorded in any run: " + String.join(", ", missing));
    }

    private static boolean none(RunComparison comparison, String word) {
        return comparison.facts().stream()
                .noneMatch(fact -> fact.name().toLowerCase(Locale.ROOT).contains(word));
    }

    /** One sentence about two pipeline files whose settings are not listed. */
    public static String changes(SpecChanges changes) {
        Boolean equal = changes.equal();
        if (Boolean.TRUE.equals(equal)) {
            return "The pipeline files are equal.";
        }
        String found =
                equal == null ? "Whether the pipeline files are equal is not recorded" : "The pipeline files differ";
        return changes.note().isEmpty() ? found + "." : found + "; " + changes.note() + ".";
    }
}
