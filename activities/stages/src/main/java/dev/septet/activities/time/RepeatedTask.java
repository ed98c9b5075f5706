package dev.septet.activities.time;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that a thread of its own repeats. It is repeated by time that has passed: {@link java.util.Timer} follows the machine's clock,
 * and stops for a year when the clock is set back by a year.
 */
public final class RepeatedTask implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RepeatedTask.class);

    private final ScheduledExecutorService thread;
    private final Future<?> repetition;

    private RepeatedTask(ScheduledExecutorService thread, Future<?> repetition) {
        this.thread = thread;
        this.repetition = repetition;
    }

    /**
     * Begins.
     *
     * @param name name of the thread, which does not keep the process alive
     * @param first time until the work is done for the first time
     * @param pause time from the end of the work to its next beginning
     * @param work its failures are logged, and it is repeated all the same
     */
    public static RepeatedTask start(String name, Duration first, Duration pause, Runnable work) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(run -> {
            Thread daemon = new Thread(run, name);
            daemon.setDaemon(true);
            return daemon;
        });
        Future<?> repetition = thread.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException failed) {
                        LOG.warn("{} failed and is repeated", name, failed);
                    }
                },
                first.toNanos(),
                pause.toNanos(),
                TimeUnit.NANOSECONDS);
        return new RepeatedTask(thread, repetition);
    }

    /** Does not begin the work again. Work that has begun goes on. */
    @Override
    public void close() {
        repetition.cancel(false);
        thread.shutdown();
    }
}
