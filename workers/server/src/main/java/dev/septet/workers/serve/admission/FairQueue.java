package dev.septet.workers.serve.admission;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A fair queue for slots that several tenants share. A free slot goes to the waiting tenant with
 * the least service so far. A tenant that returns after a pause gets no priority for the pause.
 * With several tenants, the last free slot is reserved for a tenant without a slot, so that no
 * tenant's burst fills all slots.
 *
 * <p>Work is started outside the lock, by the thread that adds it or that ends other work.
 *
 * @see <a href="https://www.usenix.org/conference/osdi24/presentation/sheng">Sheng et al.,
 *     2024</a>, for counters of tokens served
 */
public final class FairQueue {
    private final int slots;
    private final BooleanSupplier shared;
    private final Map<String, Line> lines = new LinkedHashMap<>();
    private int running;
    private long turns;

    /** The waiting and running work of one tenant. */
    private static final class Line {
        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private int running;
        private long served;
        private long lastTurn;
    }

    /** Work that waits for a slot. */
    public final class Waiting {
        private final String tenant;
        private final long cost;
        private final Runnable start;

        private Waiting(String tenant, long cost, Runnable start) {
            this.tenant = tenant;
            this.cost = cost;
            this.start = start;
        }

        /** Removes the work from the queue; false when it was started or removed already. */
        public boolean cancel() {
            synchronized (FairQueue.this) {
                Line line = lines.get(tenant);
                boolean waited = line != null && line.waiting.remove(this);
                if (waited) {
                    forget(tenant);
                }
                return waited;
            }
        }
    }

    /**
     * @param shared whether there are several tenants
     */
    public FairQueue(int slots, BooleanSupplier shared) {
        this.slots = slots;
        this.shared = shared;
    }

    /**
     * Adds work to its tenant's queue, and starts it when a slot is free.
     *
     * @param cost service that is charged when the work starts
     * @param start starts the work and returns; {@link #ended} must follow
     */
    public Waiting add(String tenant, long cost, Runnable start) {
        Waiting added = new Waiting(tenant, cost, start);
        synchronized (this) {
            Line line = lines.get(tenant);
            if (line == null) {
                line = new Line();
                line.served = lines.values().stream()
                        .mapToLong(one -> one.served)
                        .min()
                        .orElse(0);
                lines.put(tenant, line);
            }
            line.waiting.add(added);
        }
        startNext();
        return added;
    }

    /**
     * Releases the slot of work that has ended.
     *
     * @param more service that is charged in addition to the cost that was known at its start
     */
    public void ended(String tenant, long more) {
        synchronized (this) {
            Line line = lines.get(tenant);
            if (line != null) {
                line.running--;
                line.served += more;
                forget(tenant);
            }
            running--;
        }
        startNext();
    }

    /** The number of works that wait now. */
    public synchronized int waiting() {
        return lines.values().stream().mapToInt(line -> line.waiting.size()).sum();
    }

    private void startNext() {
        List<Waiting> next = new ArrayList<>();
        synchronized (this) {
            for (Waiting one = next(); one != null; one = next()) {
                next.add(one);
            }
        }
        next.forEach(one -> one.start.run());
    }

    private @Nullable Waiting next() {
        if (running >= slots) {
            return null;
        }
        boolean last = shared.getAsBoolean() && slots > 1 && running == slots - 1;
        Line least = null;
        for (Line line : lines.values()) {
            if (!line.waiting.isEmpty() && !(last && line.running > 0) && (least == null || before(line, least))) {
                least = line;
            }
        }
        if (least == null) {
            return null;
        }
        Waiting next = least.waiting.remove();
        least.running++;
        least.served += next.cost;
        least.lastTurn = ++turns;
        running++;
        return next;
    }

    /**
     * Whether the first tenant is next: it had less service, or the same service and an earlier
     * last turn.
     */
    private static boolean before(Line one, Line other) {
        return one.served < other.served || (one.served == other.served && one.lastTurn < other.lastTurn);
    }

    private void forget(String tenant) {
        Line line = lines.get(tenant);
        if (line != null && line.waiting.isEmpty() && line.running == 0) {
            lines.remove(tenant);
        }
    }
}
