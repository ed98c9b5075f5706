package dev.septet.activities.store;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Says once an hour, and at first, that something is to be done. */
final class Hourly {
    private static final long HOUR = Duration.ofHours(1).toNanos();

    private final AtomicLong last = new AtomicLong(System.nanoTime() - HOUR);

    boolean isDue() {
        long before = last.get();
        long now = System.nanoTime();
        return now - before >= HOUR && last.compareAndSet(before, now);
    }
}
