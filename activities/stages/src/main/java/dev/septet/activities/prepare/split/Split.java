package dev.septet.activities.prepare.split;

import dev.septet.dsl.pipeline.prepare.SplitSpec;

/**
 * Assigns rows to splits by their keys: the smallest keys to train, the next ones to validation,
 * the rest to test. The shares are exact to one row; equal rows are never separated.
 */
final class Split {
    private final long[] sorted;
    private final int trainEnd;
    private final int validationEnd;

    /**
     * @param sorted the rows' keys, in ascending order
     */
    Split(SplitSpec spec, long[] sorted) {
        this.sorted = sorted;
        int rows = sorted.length;
        int test = share(rows, spec.test());
        int validation = share(rows, spec.validation());
        validationEnd = whole(Math.max(0, rows - test));
        trainEnd = Math.min(validationEnd, whole(Math.max(0, rows - test - validation)));
    }

    SplitName of(long key) {
        if (trainEnd == sorted.length || key < sorted[trainEnd]) {
            return SplitName.TRAIN;
        }
        return validationEnd == sorted.length || key < sorted[validationEnd] ? SplitName.VALIDATION : SplitName.TEST;
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
    private int whole(int cut) {
        int at = cut;
        while (at > 0 && at < sorted.length && sorted[at] == sorted[at - 1]) {
            at++;
        }
        return at;
    }
}
