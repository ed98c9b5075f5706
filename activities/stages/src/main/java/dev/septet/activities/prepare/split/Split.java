package dev.septet.activities.prepare.split;

import dev.septet.dsl.pipeline.prepare.SplitSpec;
import java.util.Arrays;
import java.util.Objects;

/**
 * Assigns rows to splits by their keys: the smallest keys to train, the next ones to validation,
 * the rest to test. The shares are exact to one row; equal rows are never separated.
 */
final class Split {
    private final long[] sorted;
    private final Range validation;

    /** The validation rows of a fold that begin again at the first key. */
    private final Range wrapped;

    private final Range test;

    /** Numbers of rows in the order of their keys, from the first to the one before the last. */
    private record Range(int from, int to) {
        static final Range EMPTY = new Range(0, 0);

        boolean has(int number) {
            return number >= from && number < to;
        }

        int size() {
            return to - from;
        }
    }

    /**
     * @param sorted the rows' keys, in ascending order
     */
    Split(SplitSpec spec, long[] sorted) {
        this.sorted = sorted;
        int rows = sorted.length;
        int testing = share(rows, spec.test());
        int watching = share(rows, spec.validation());
        int validationEnd = whole(sorted, Math.max(0, rows - testing));
        int trainEnd = Math.min(validationEnd, whole(sorted, Math.max(0, rows - testing - watching)));
        validation = new Range(trainEnd, validationEnd);
        wrapped = Range.EMPTY;
        test = new Range(validationEnd, rows);
    }

    private Split(long[] sorted, Range validation, Range wrapped, Range test) {
        this.sorted = sorted;
        this.validation = validation;
        this.wrapped = wrapped;
        this.test = test;
    }

    /**
     * The split of one fold: its part of the keys tests, and the keys after it (after the last, the first ones) are for
     * validation. Every row tests in exactly one fold. The sizes of two folds differ by at most one row, or one group of equal
     * keys. A large group may leave a fold without test rows.
     *
     * @param fold from 1
     * @param shift moves the larger folds, so that many small strata do not have theirs in the same fold
     */
    static Split ofFold(SplitSpec spec, long[] sorted, int fold, int shift) {
        int folds = Objects.requireNonNull(spec.folds());
        int rows = sorted.length;
        int from = cut(sorted, fold - 1, folds, shift);
        int to = cut(sorted, fold, folds, shift);
        int watching = Math.min(share(rows, spec.validation()), rows - (to - from));
        int end = whole(sorted, Math.min(rows, to + watching));
        Range after = new Range(to, end);
        Range first = new Range(0, Math.min(from, whole(sorted, Math.max(0, to + watching - rows))));
        return new Split(sorted, after, first, new Range(from, to));
    }

    private static int cut(long[] sorted, int fold, int folds, int shift) {
        return whole(sorted, (int) (((long) sorted.length * fold + shift % folds) / folds));
    }

    SplitName of(long key) {
        int found = Arrays.binarySearch(sorted, key);
        int number = found >= 0 ? found : -found - 1;
        // Equal keys are never separated, so any of them decides.
        return test.has(number)
                ? SplitName.TEST
                : validation.has(number) || wrapped.has(number) ? SplitName.VALIDATION : SplitName.TRAIN;
    }

    /** Number of test rows. */
    int tests() {
        return test.size();
    }

    /** Number of training rows. */
    int trains() {
        return sorted.length - test.size() - validation.size() - wrapped.size();
    }

    /**
     * The number of rows of a share. A share above 0 gets at least one row when there are enough
     * rows.
     */
    private static int share(int rows, double percent) {
        long share = Math.round(rows * percent / 100);
        return (int) (percent > 0 && rows >= 3 ? Math.max(1, share) : share);
    }

    /** The first cut at or after this one that does not separate equal keys. */
    private static int whole(long[] sorted, int cut) {
        int at = cut;
        while (at > 0 && at < sorted.length && sorted[at] == sorted[at - 1]) {
            at++;
        }
        return at;
    }
}
