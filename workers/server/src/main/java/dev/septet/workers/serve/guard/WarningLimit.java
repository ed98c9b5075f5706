package dev.septet.workers.serve.guard;

import java.time.Duration;
import java.util.OptionalLong;

/** Limits warnings that each request of a client can cause, so that clients cannot fill the log. */
final class WarningLimit {
    private final long pause;
    private boolean warned;
    private long last;
    private long withheld;

    /**
     * @param pause shortest time between two warnings
     */
    WarningLimit(Duration pause) {
        this.pause = pause.toNanos();
    }

    /**
     * Asks for a warning.
     *
     * @param now time of {@link System#nanoTime}
     * @return number of warnings that were withheld since the last one; empty when this one is withheld, too
     */
    synchronized OptionalLong permit(long now) {
        if (warned && now - last < pause) {
            withheld++;
            return OptionalLong.empty();
        }
        OptionalLong before = OptionalLong.of(withheld);
        warned = true;
        last = now;
        withheld = 0;
        return before;
    }
}
