package dev.septet.activities.evaluate.comparison;

import dev.septet.activities.evaluate.comparison.Comparability.Rows;
import dev.septet.activities.evaluate.comparison.MeasuredValue.Kind;
import dev.septet.activities.evaluate.gate.Holm;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.Tallies;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.dsl.expression.ExpressionProblem;
import dev.septet.dsl.extension.ExtensionProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares one measure of all runs, pair by pair.
 *
 * @param rows the answers to the measure's set of test rows
 * @param values of each run; null where a run did not measure it
 */
record LineContrasts(List<ComparedRun> runs, int baseline, SetRows rows, List<@Nullable MeasuredValue> values) {
    /** A value that is computed again may differ from the recorded one in its last digits only. */
    private static final double TOLERANCE = 1e-9;

    /** A contrast, and whether it may name a better run. */
    private record Pair(Contrast contrast, boolean decides) {}

    RunComparison.Line line(MeasuredValue.Key key) {
        List<Pair> pairs = new ArrayList<>();
        for (int first = 0; first < runs.size(); first++) {
            for (int second = first + 1; second < runs.size(); second++) {
                MeasuredValue one = values.get(first);
                MeasuredValue other = values.get(second);
                if (one != null && other != null) {
                    pairs.add(pair(first, one, second, other));
                }
            }
        }
        double[] corrected = Holm.corrected(pairs.stream()
                .mapToDouble(pair -> {
                    Double p = pair.contrast().p();
                    return p == null ? Double.NaN : p;
                })
                .toArray());
        List<Pair> adjusted = new ArrayList<>();
        for (int at = 0; at < pairs.size(); at++) {
            Pair pair = pairs.get(at);
            adjusted.add(
                    Double.isNaN(corrected[at])
                            ? pair
                            : new Pair(pair.contrast().adjusted(corrected[at]), pair.decides()));
        }
        List<Contrast> shown = new ArrayList<>();
        for (Pair pair : adjusted) {
            if (pair.contrast().first() == baseline) {
                shown.add(pair.contrast());
            } else if (pair.contrast().second() == baseline) {
                shown.add(pair.contrast().reversed());
            }
        }
        return new RunComparison.Line(key.kind(), key.metric(), key.set(), values, shown, best(adjusted));
    }

    /**
     * The run that is better than each other one that it can be compared with. A run is named only if all intervals of the
     * differences exclude 0, and all p-values are small after the correction for the number of pairs.
     */
    private @Nullable Integer best(List<Pair> pairs) {
        Boolean lower = null;
        for (MeasuredValue value : values) {
            lower = (value == null || value.lowerIsBetter() == null) ? lower : value.lowerIsBetter();
        }
        if (lower == null) {
            return null;
        }
        for (int run = 0; run < runs.size(); run++) {
            int wins = 0;
            boolean all = true;
            for (Pair pair : pairs) {
                Contrast contrast = pair.contrast();
                if (contrast.comparable() && (contrast.first() == run || contrast.second() == run)) {
                    double gain = contrast.second() == run ? contrast.difference() : -contrast.difference();
                    Double p = contrast.adjusted();
                    boolean better = pair.decides()
                            && contrast.excludesZero()
                            && p != null
                            && p < RunComparison.LEVEL
                            && (lower ? gain < 0 : gain > 0);
                    wins += better ? 1 : 0;
                    all &= better;
                }
            }
            if (all && wins > 0 && comparableWithBaseline(run, pairs)) {
                return run;
            }
        }
        return null;
    }

    private boolean comparableWithBaseline(int run, List<Pair> pairs) {
        return run == baseline
                || pairs.stream()
                        .map(Pair::contrast)
                        .anyMatch(contrast -> contrast.comparable()
                                && ((contrast.first() == run && contrast.second() == baseline)
                                        || (contrast.second() == run && contrast.first() == baseline)));
    }

    private Pair pair(int first, MeasuredValue one, int second, MeasuredValue other) {
        Rows relation = rows.relation(first, second);
        Comparability how = Comparability.of(
                runs.get(first),
                runs.get(second),
                one,
                other,
                relation,
                relation == Rows.OTHER ? rows.shared(first, second) : 0);
        List<String> notes = new ArrayList<>(how.notes());
        if (!how.reasons().isEmpty()) {
            return new Pair(Contrast.none(first, second, how.reasons(), notes), false);
        }
        if (Double.isNaN(one.value()) || Double.isNaN(other.value())) {
            notes.add("a value is missing");
            return new Pair(Contrast.none(first, second, List.of(), notes), false);
        }
        boolean decides = how.decides();
        if (one.kind() == Kind.METRIC && relation == Rows.SAME && one.rows() != other.rows()) {
            notes.add(String.format(
                    Locale.ROOT,
                    "measured on %,d and %,d of the rows, so nothing is decided",
                    one.rows(),
                    other.rows()));
            decides = false;
        }
        if (one.kind() == Kind.METRIC && relation == Rows.SAME) {
            Optional<Contrast> paired = paired(first, one, second, other, notes);
            if (paired.isPresent()) {
                return new Pair(paired.get().of(first, second, notes), decides);
            }
        }
        Interval low = one.interval();
        Interval high = other.interval();
        if (low == null || high == null) {
            notes.add("no interval is recorded");
            return new Pair(Contrast.none(first, second, List.of(), notes), false);
        }
        return new Pair(PairTest.unpaired(one, low, other, high).of(first, second, notes), decides);
    }

    /** A paired comparison, when the answers of both runs give the recorded values again. */
    private Optional<Contrast> paired(
            int first, MeasuredValue one, int second, MeasuredValue other, List<String> notes) {
        Optional<List<AnsweredRows>> answers = rows.pair(first, second);
        if (answers.isEmpty()) {
            notes.add("unpaired, because the predictions of a run are missing");
            return Optional.empty();
        }
        Optional<Metric> metric = runs.get(first).results().exam().metric(one.metric(), one.set());
        if (metric.isPresent()) {
            try {
                Tallies was = Tallies.fitted(metric.get(), answers.get().get(0).outcomes());
                Tallies now = Tallies.fitted(metric.get(), answers.get().get(1).outcomes());
                if (near(was.score(), one.value()) && near(now.score(), other.value())) {
                    return Optional.of(PairTest.paired(was, now, seed()));
                }
            } catch (ExpressionProblem | ExtensionProblem | IllegalArgumentException changed) {
                // Another version's metric, or a jar's that fails here: the recorded intervals remain.
            }
        }
        notes.add("unpaired, because this Septet cannot compute the recorded values again from the answers");
        return Optional.empty();
    }

    private static boolean near(double again, double recorded) {
        return Math.abs(again - recorded) <= TOLERANCE * Math.max(1, Math.abs(recorded));
    }

    /** The seed of the baseline's evaluation, so that a repeated comparison gives the same intervals. */
    private long seed() {
        String seed = runs.get(baseline).results().settings().get("seed");
        return seed != null && seed.matches("-?\\d{1,18}") ? Long.parseLong(seed) : 0;
    }
}
