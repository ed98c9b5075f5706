package dev.septet.activities.prepare.generate;

import java.time.Duration;

/** The time, and waits between requests; a test does not wait. */
public interface RequestClock {
    /** Real time. */
    RequestClock REAL = new RequestClock() {
        @Override
        public void pause(Duration time) throws InterruptedException {
            Thread.sleep(time.toMillis());
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };

    /** Waits this long. */
    void pause(Duration time) throws InterruptedException;

    /** A clock, in nanoseconds. */
    long nanos();
}
