package dev.septet.workers.supervise;

import java.time.Duration;

/**
 * The delays before a process is restarted. Restarts never stop, because the cause, such as a full
 * disk, may end without anybody's action.
 *
 * @param first delay after the first failure in a row
 * @param most longest delay; the delay doubles up to this
 * @param healthy a process that runs at least this long resets the count of failures
 * @param deaths number of consecutive failures, each within {@code healthy}, after which the user
 *     is told that the process does not stay up
 */
public record Backoff(Duration first, Duration most, Duration healthy, int deaths) {
    /** Short at first, because a killed worker's activities wait for the restart. */
    public static final Backoff DEFAULT =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30), Duration.ofSeconds(5), 6);

    /** The delay after this number of consecutive failures, at least 1. */
    public Duration delay(int row) {
        long factor = 1L << Math.min(row - 1, 30);
        long millis = Math.min(first.toMillis() * factor, most.toMillis());
        return Duration.ofMillis(millis);
    }
}
