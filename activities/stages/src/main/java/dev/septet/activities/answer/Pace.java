package dev.septet.activities.answer;

import dev.septet.activities.endpoint.RequestClock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Limits the number of requests per minute: their beginnings have equal distances at least. Thread-safe. */
final class Pace {
    private final long distance;
    private final RequestClock clock;
    private long next;

    Pace(@Nullable Integer requestsPerMinute, RequestClock clock) {
        distance = requestsPerMinute == null ? 0 : Duration.ofMinutes(1).toNanos() / requestsPerMinute;
        this.clock = clock;
        next = clock.nanos();
    }

    /** Waits until the next request may begin. */
    void await() throws InterruptedException {
        long until;
        synchronized (this) {
            until = Math.max(clock.nanos(), next);
            next = until + distance;
        }
        long left = until - clock.nanos();
        if (left > 0) {
            clock.pause(Duration.ofNanos(left));
        }
    }
}
