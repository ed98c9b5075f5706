package dev.septet.activities.serving;

import java.time.Duration;

/**
 * How long a challenger may keep its share without anybody who watches it. Temporal's time is
 * taken, which every attempt of an activity is told alike.
 */
public final class TrialLease {
    /** For workers to be started anew, and for clocks that differ. */
    static final Duration GRACE = Duration.ofMinutes(10);

    /** An end that moves by less was only measured anew. */
    private static final Duration NEAR = Duration.ofMinutes(1);

    private TrialLease() {}

    /**
     * When it ends.
     *
     * @param now when the activity was scheduled, in the same milliseconds
     * @param left of the trial
     * @return milliseconds since 1970, UTC
     */
    public static long end(long now, Duration left) {
        return now + left.plus(GRACE).toMillis();
    }

    /** Whether a trial's end was put off, so that the route must say so. */
    public static boolean putOff(Route route, long end) {
        Long said = route.until();
        return said != null && end > said + NEAR.toMillis();
    }
}
