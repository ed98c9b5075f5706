package dev.septet.activities.evaluate.metric.label;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * F1 of answers that are labels, from 0 to 1. The classes are the labels of the references. A class's F1 is 2 TP / (2 TP +
 * FP + FN). An answer that is no class is a false negative of its row's class, and a false positive of none. As in
 * scikit-learn with {@code labels=} the classes of the references.
 *
 * <p>A row's tally, for each class: true positives, false positives, false negatives. Classes that no row of a sum has or
 * gets do not count, so that a resample without a rare class is not punished for it.
 */
public abstract class F1 implements Metric {
    private final String name;
    private final List<String> classes;

    F1(String name, List<String> classes) {
        this.name = name;
        this.classes = List.copyOf(classes);
    }

    abstract F1 of(List<String> labels);

    /** The score from true positives, false positives and false negatives of every class. */
    abstract double average(double[] sums);

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final boolean lowerIsBetter() {
        return false;
    }

    @Override
    public final boolean readsAnswer() {
        return true;
    }

    /** The classes are those of all rows. */
    @Override
    public final boolean readsTextOnly() {
        return false;
    }

    @Override
    public final Metric fit(List<Outcome> outcomes) {
        return of(Labels.distinct(outcomes.stream().map(Outcome::reference).toList()));
    }

    @Override
    public final Optional<Misfit> misfit(List<String> references) {
        return Labels.tooMany(name, references);
    }

    @Override
    public final double[] tally(Outcome outcome) {
        double[] tally = new double[3 * classes.size()];
        int expected = place(outcome.reference());
        String answer = outcome.answer();
        if (answer == null) {
            tally[0] = Double.NaN;
            return tally;
        }
        int found = place(answer);
        if (found == expected) {
            tally[3 * expected] = 1;
        } else {
            tally[3 * expected + 2] = 1;
            if (found >= 0) {
                tally[3 * found + 1] = 1;
            }
        }
        return tally;
    }

    @Override
    public final double score(double[] sums) {
        return Double.isNaN(sums[0]) ? Double.NaN : average(sums);
    }

    /** F1 of the class whose counts begin here; NaN when it has none. */
    static double of(double[] sums, int at) {
        double decisions = 2 * sums[at] + sums[at + 1] + sums[at + 2];
        return decisions == 0 ? Double.NaN : 2 * sums[at] / decisions;
    }

    private int place(String answer) {
        int place = Collections.binarySearch(classes, Labels.of(answer));
        return Math.max(-1, place);
    }

    /** F1 of the decisions for all classes together. */
    public static final class Micro extends F1 {
        /** Needs the rows, see {@link #fit}. */
        public Micro() {
            this(List.of());
        }

        private Micro(List<String> classes) {
            super("microF1", classes);
        }

        @Override
        F1 of(List<String> labels) {
            return new Micro(labels);
        }

        @Override
        double average(double[] sums) {
            double[] all = new double[3];
            for (int at = 0; at < sums.length; at++) {
                all[at % 3] += sums[at];
            }
            return of(all, 0);
        }
    }

    /** Mean of the F1 of the classes. */
    public static final class Macro extends F1 {
        /** Needs the rows, see {@link #fit}. */
        public Macro() {
            this(List.of());
        }

        private Macro(List<String> classes) {
            super("macroF1", classes);
        }

        @Override
        F1 of(List<String> labels) {
            return new Macro(labels);
        }

        @Override
        double average(double[] sums) {
            double sum = 0;
            int count = 0;
            for (int at = 0; at < sums.length; at += 3) {
                double f1 = of(sums, at);
                if (!Double.isNaN(f1)) {
                    sum += f1;
                    count++;
                }
            }
            return sum / count;
        }
    }

    /** Mean of the F1 of the classes, weighted by their numbers of rows. */
    public static final class Weighted extends F1 {
        /** Needs the rows, see {@link #fit}. */
        public Weighted() {
            this(List.of());
        }

        private Weighted(List<String> classes) {
            super("weightedF1", classes);
        }

        @Override
        F1 of(List<String> labels) {
            return new Weighted(labels);
        }

        @Override
        double average(double[] sums) {
            double sum = 0;
            double rows = 0;
            for (int at = 0; at < sums.length; at += 3) {
                double support = sums[at] + sums[at + 2];
                if (support > 0) {
                    sum += support * of(sums, at);
                    rows += support;
                }
            }
            return sum / rows;
        }
    }
}
