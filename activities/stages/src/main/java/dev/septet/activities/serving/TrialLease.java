package dev.septet.activities.serving;

import java.time.Duration;

/**
 * How long a challenger may keep its share of requests without a monitor. It uses Temporal's time,
 * which is the same for every attempt of an activity.
 */
public final class TrialLease {
    /** Time for worker restarts and clock differences. */
    static final Duration GRACE = Duration.ofMinutes(10);

    /** A change of the end by less than this is only measurement noise. */
    private static final Duration NEAR = Duration.ofMinutes(1);

    private TrialLease() {}

    /**
     * The end of the lease.
     *
     * @param now time when the activity was scheduled, in milliseconds since 1970, UTC
     * @param left rest of the trial
     * @return milliseconds since 1970, UTC
     */
    public static long end(long now, Duration left) {
        return now + left.plus(GRACE).toMillis();
    }

    /** Whether a trial's end moved, so that the route must change. */
    public static boolean isProlonged(Route route, long end) {
        Long until = route.until();
        return until != null && end > until + NEAR.toMillis();
    }
}
