package dev.septet.activities.answer;

import dev.septet.dsl.expression.regex.Regex;

/** Searches for a regular expression with a bounded cost. A search that takes more than {@value #MOST_STEPS} steps finds nothing. */
public final class BoundedMatch {
    private static final long MOST_STEPS = 50_000_000;

    private BoundedMatch() {}

    /** Whether a text contains a match, within the limit of steps. */
    public static boolean found(Regex regex, String text) {
        long[] steps = {0};
        try {
            return regex.found(text, more -> {
                steps[0] += more;
                if (steps[0] > MOST_STEPS) {
                    throw new TooManySteps();
                }
            });
        } catch (TooManySteps endless) {
            return false;
        }
    }

    private static final class TooManySteps extends RuntimeException {
        TooManySteps() {
            super("the match takes too many steps", null, false, false);
        }
    }
}
