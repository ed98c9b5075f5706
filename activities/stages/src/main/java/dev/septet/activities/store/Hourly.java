package dev.septet.activities.store;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Returns true at the first call and then once an hour. */
final class Hourly {
    private static final long HOUR = Duration.ofHours(1).toNanos();

    private final AtomicLong last = new AtomicLong(System.nanoTime() - HOUR);

    boolean isDue() {
        long before = last.get();
        long now = System.nanoTime();
        return now - before >= HOUR && last.compareAndSet(before, now);
    }
}
