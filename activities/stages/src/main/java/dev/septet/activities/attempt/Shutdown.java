package dev.septet.activities.attempt;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The request that this process ends soon (SIGTERM). Long work checks it between steps, saves a
 * checkpoint and ends; the next attempt continues there.
 */
public final class Shutdown {
    private final AtomicBoolean requested = new AtomicBoolean();

    /** Called by the worker's signal handler; further calls have no effect. */
    public void request() {
        requested.set(true);
    }

    /** Whether work should stop at its next safe point. */
    public boolean requested() {
        return requested.get();
    }
}
