package dev.septet.workflows.monitor;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive failed checks of a monitor. The monitor continues, without new results.
 *
 * @param since when the first of them failed, ISO 8601 in UTC
 * @param count the number of failed checks, at least 1
 * @param message why the last one failed
 */
public record FailedChecks(String since, int count, String message) {
    /** Adds one failed check to those before; null = none before. */
    static FailedChecks after(@Nullable FailedChecks before, long now, String message) {
        return before == null
                ? new FailedChecks(Instant.ofEpochMilli(now).toString(), 1, message)
                : new FailedChecks(before.since(), before.count() + 1, message);
    }

    /** A sentence for people, on one line. */
    public String sentence() {
        return String.format(Locale.ROOT, "checks fail since %s (%d so far): %s", since, count, message);
    }
}
