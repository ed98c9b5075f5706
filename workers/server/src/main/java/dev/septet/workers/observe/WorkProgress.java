package dev.septet.workers.observe;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Whether work that goes on makes progress, such as answers that a model generates. */
public final class WorkProgress {
    private final Duration patience;
    private final LongSupplier nanos;
    private int running;
    private long last;

    /**
     * @param patience longest time without any progress, while work goes on
     */
    public WorkProgress(Duration patience) {
        this(patience, System::nanoTime);
    }

    /** With another clock, for tests. */
    WorkProgress(Duration patience, LongSupplier nanos) {
        this.patience = patience;
        this.nanos = nanos;
    }

    /** A piece of work begins. */
    public synchronized void began() {
        if (running == 0) {
            last = nanos.getAsLong();
        }
        running++;
    }

    /** Any of the work advances. */
    public synchronized void advanced() {
        last = nanos.getAsLong();
    }

    /** A piece of work has ended. */
    public synchronized void ended() {
        running--;
        last = nanos.getAsLong();
    }

    /** Why the process must be started again; null when it is healthy. */
    public synchronized @Nullable String problem() {
        long silent = nanos.getAsLong() - last;
        return running > 0 && silent > patience.toNanos()
                ? String.format(
                        Locale.ROOT,
                        "answers in progress: %d, but none has advanced for %d s",
                        running,
                        Duration.ofNanos(silent).toSeconds())
                : null;
    }
}
