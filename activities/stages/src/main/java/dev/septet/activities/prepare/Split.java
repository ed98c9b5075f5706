package dev.septet.activities.prepare;

import dev.septet.dsl.pipeline.prepare.SplitSpec;

/**
 * Who goes where: rows with the smallest keys train, the next validate, the rest test. Shares are
 * exact to a row; equal rows are never parted.
 */
final class Split {
    private final long[] sorted;
    private final int trainEnd;
    private final int validationEnd;

    /**
     * @param sorted the rows' keys, smallest first
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

    /** A share that the file asks for has a row where there are enough of them. */
    private static int share(int rows, double percent) {
        long share = Math.round(rows * percent / 100);
        return (int) (percent > 0 && rows >= 3 ? Math.max(1, share) : share);
    }

    /** The cut at or behind this one that parts no equal keys. */
    private int whole(int cut) {
        int at = cut;
        while (at > 0 && at < sorted.length && sorted[at] == sorted[at - 1]) {
            at++;
        }
        return at;
    }
}
