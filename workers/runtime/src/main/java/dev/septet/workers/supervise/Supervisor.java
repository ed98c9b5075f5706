package dev.septet.workers.supervise;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps child processes running until it is closed. Closing ends them in the reverse order of their
 * starts.
 */
public final class Supervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private final Path pids;
    private final Backoff backoff;
    private final SupervisorEvents events;
    private final List<Kept> kept = new ArrayList<>();

    /**
     * @param pids folder that holds each process's id in {@code <name>.pid}
     */
    public Supervisor(Path pids, Backoff backoff, SupervisorEvents events) {
        this.pids = pids;
        this.backoff = backoff;
        this.events = events;
    }

    /**
     * A process that is kept running.
     *
     * @param running whether it runs now
     * @param deaths how often it died since this supervisor started it first
     */
    public record Supervised(String name, boolean running, int deaths) {}

    /** The processes that are kept running, in the order of their starts. */
    public synchronized List<Supervised> processes() {
        return kept.stream()
                .map(process ->
                        new Supervised(process.spec.name(), process.current().isRunning(), process.deaths.get()))
                .toList();
    }

    /** Starts a process and keeps it running. */
    public synchronized void keep(ProcessSpec spec) throws IOException {
        Kept process = new Kept(spec, GuardedProcess.start(spec, pids));
        kept.add(process);
        process.thread.start();
    }

    /** Ends one process and no longer restarts it. */
    public void drop(String name) {
        List<Kept> dropped = new ArrayList<>();
        synchronized (this) {
            kept.removeIf(process -> process.spec.name().equals(name) && dropped.add(process));
        }
        dropped.forEach(Kept::stopRestarting);
        dropped.forEach(Kept::end);
    }

    /** The id of the running process of this name. */
    public synchronized Optional<Long> pid(String name) {
        return kept.stream()
                .filter(process -> process.spec.name().equals(name))
                .findFirst()
                .flatMap(process -> process.current().pid());
    }

    @Override
    public void close() {
        List<Kept> last;
        synchronized (this) {
            last = new ArrayList<>(kept);
            kept.clear();
        }
        Collections.reverse(last);
        // Restarts are turned off for all processes first: a worker must not be restarted because
        // its server ended before it.
        last.forEach(Kept::stopRestarting);
        last.forEach(Kept::end);
    }

    /** One process, and the thread that waits for its end and restarts it. */
    private final class Kept {
        private final ProcessSpec spec;
        private final Thread thread;
        private GuardedProcess process;
        private final AtomicInteger deaths = new AtomicInteger();
        private boolean ending;

        Kept(ProcessSpec spec, GuardedProcess process) {
            this.spec = spec;
            this.process = process;
            this.thread = new Thread(this::watch, "supervise-" + spec.name());
            this.thread.setDaemon(true);
        }

        synchronized GuardedProcess current() {
            return process;
        }

        synchronized void stopRestarting() {
            ending = true;
            notifyAll();
        }

        void end() {
            current().end();
        }

        private void watch() {
            int row = 0;
            try {
                while (true) {
                    long started = System.nanoTime();
                    int status = current().await();
                    boolean healthy =
                            System.nanoTime() - started >= backoff.healthy().toNanos();
                    row = healthy ? 1 : row + 1;
                    if (ended()) {
                        return;
                    }
                    LOG.warn("{} ended with status {}", spec.name(), status);
                    deaths.incrementAndGet();
                    tell(() -> events.died(spec.name(), status));
                    tell(row);
                    while (!restartAfter(backoff.delay(row))) {
                        if (ended()) {
                            return;
                        }
                        row++;
                        tell(row);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void tell(int row) {
            if (row == backoff.deaths()) {
                tell(() -> events.keepsDying(spec.name(), spec.log()));
            }
        }

        /** Calls the owner. An exception of the owner must not end the supervision. */
        private void tell(Runnable event) {
            try {
                event.run();
            } catch (RuntimeException e) {
                LOG.warn("no listener could be notified about {}", spec.name(), e);
            }
        }

        private synchronized boolean ended() {
            return ending;
        }

        /**
         * Restarts the process. Returns false when it is being ended or could not be started now.
         */
        private synchronized boolean restartAfter(Duration delay) throws InterruptedException {
            long until = System.nanoTime() + delay.toNanos();
            for (long left = delay.toMillis(); left > 0 && !ending; left = (until - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
            if (ending) {
                return false;
            }
            try {
                process = GuardedProcess.start(spec, pids);
                return true;
            } catch (IOException e) {
                LOG.error("cannot start {} again now", spec.name(), e);
                return false;
            }
        }
    }
}
