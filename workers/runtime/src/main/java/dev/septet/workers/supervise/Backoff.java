package dev.septet.workers.supervise;

import java.time.Duration;

/**
 * How long to wait before a dead process is started again. It is started again for ever: whatever
 * kept it from living, such as a full disk, may end while nobody looks.
 *
 * @param first wait after the first death in a row
 * @param most longest wait; it doubles up to this
 * @param healthy a life of at least this long begins a new row
 * @param deaths deaths in a row, each before {@code healthy}, after which people are told that the
 *     process does not stay up
 */
public record Backoff(Duration first, Duration most, Duration healthy, int deaths) {
    /** Quick at first: the takeover of a killed worker waits for this. */
    public static final Backoff DEFAULT =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30), Duration.ofSeconds(5), 6);

    /** Wait after the given number of deaths in a row, from 1. */
    public Duration delay(int row) {
        long factor = 1L << Math.min(row - 1, 30);
        long millis = Math.min(first.toMillis() * factor, most.toMillis());
        return Duration.ofMillis(millis);
    }
}
