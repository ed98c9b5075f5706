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
    private final Range test;

    /** Numbers of rows in the order of their keys, from the first to the one before the last. */
    private record Range(int from, int to) {
        boolean has(int number) {
            return number >= from && number < to;
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
        test = new Range(validationEnd, rows);
    }

    private Split(long[] sorted, Range validation, Range test) {
        this.sorted = sorted;
        this.validation = validation;
        this.test = test;
    }

    /**
     * The split of one fold: its part of the keys tests, and the keys after it (after the last, the first ones) are for
     * validation. Every row tests in exactly one fold. The sizes of two folds differ by at most one row, or one group of equal
     * keys.
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
        int begin = to == rows ? 0 : to;
        int end = to == rows ? Math.min(from, whole(sorted, watching)) : whole(sorted, Math.min(rows, to + watching));
        return new Split(sorted, new Range(begin, end), new Range(from, to));
    }

    private static int cut(long[] sorted, int fold, int folds, int shift) {
        return whole(sorted, (int) (((long) sorted.length * fold + shift % folds) / folds));
    }

    SplitName of(long key) {
        int found = Arrays.binarySearch(sorted, key);
        int number = found >= 0 ? found : -found - 1;
        // Equal keys are never separated, so any of them decides.
        return test.has(number) ? SplitName.TEST : validation.has(number) ? SplitName.VALIDATION : SplitName.TRAIN;
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
