package dev.septet.activities.attempt;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The wish that this process ends soon, as SIGTERM says it. Long work looks at it between its
 * steps, commits what it has, and hands over; the next attempt goes on from there.
 */
public final class Shutdown {
    private final AtomicBoolean requested = new AtomicBoolean();

    /** The worker's signal handler calls it; harmless when called again. */
    public void request() {
        requested.set(true);
    }

    /** Whether work should stop at its next good place. */
    public boolean requested() {
        return requested.get();
    }
}
