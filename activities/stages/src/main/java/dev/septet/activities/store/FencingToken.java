package dev.septet.activities.store;

import java.util.Comparator;

/**
 * Orders the attempts of one scope. A later request of an activity has a larger token than every
 * attempt of an earlier request, although Temporal counts the attempts of each request from 1.
 *
 * @param scheduledMillis when the server scheduled the activity, in milliseconds since 1970; 0 =
 *     outside of activities
 * @param attempt number of the attempt, from 1; {@code step * ATTEMPTS_OF_A_STEP} is added in later
 *     steps
 */
public record FencingToken(long scheduledMillis, int attempt) implements Comparable<FencingToken> {
    /** Maximum number of attempts in one step of a scope. */
    public static final int ATTEMPTS_OF_A_STEP = 100_000;

    public static final FencingToken NONE = new FencingToken(0, 0);

    private static final Comparator<FencingToken> ORDER = Comparator.comparingInt(
                    FencingToken::step) // does not depend on any clock
            .thenComparingLong(FencingToken::scheduledMillis)
            .thenComparingInt(FencingToken::attempt);

    @Override
    public int compareTo(FencingToken other) {
        return ORDER.compare(this, other);
    }

    public boolean isBefore(FencingToken other) {
        return compareTo(other) < 0;
    }

    /**
     * Parses the text of {@link #toString}, or the plain number of an earlier version.
     *
     * @throws NumberFormatException when it is neither
     */
    static FencingToken parse(String text) {
        int dash = text.indexOf('-');
        return dash < 0
                ? new FencingToken(0, Integer.parseInt(text))
                : new FencingToken(Long.parseLong(text.substring(dash + 1)), Integer.parseInt(text.substring(0, dash)));
    }

    /** The step of the scope, from 0. */
    public int step() {
        return attempt / ATTEMPTS_OF_A_STEP;
    }

    @Override
    public String toString() {
        return scheduledMillis == 0 ? Integer.toString(attempt) : attempt + "-" + scheduledMillis;
    }
}
