package dev.septet.workflows.monitor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Checks of a monitor that failed one after the other. The monitor goes on; it only knows nothing
 * new.
 *
 * @param since when the first of them failed, ISO 8601 in UTC
 * @param count how many, at least 1
 * @param message why the last one failed
 */
public record FailedChecks(String since, int count, String message) {
    /** One more after those before, null = none before. */
    static FailedChecks after(@Nullable FailedChecks before, long now, String message) {
        return before == null
                ? new FailedChecks(Instant.ofEpochMilli(now).toString(), 1, message)
                : new FailedChecks(before.since(), before.count() + 1, message);
    }

    /** For people, on one line. */
    public String sentence() {
        return "checks fail since %s (%d so far): %s".formatted(since, count, message);
    }
}
