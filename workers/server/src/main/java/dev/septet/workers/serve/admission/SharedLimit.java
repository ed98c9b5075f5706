package dev.septet.workers.serve.admission;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A limit that tenants share by dynamic thresholds: a tenant may hold no more than what is free. A
 * lone tenant gets at most half, two get at most a third each, and a newcomer always finds room.
 *
 * @see <a href="https://doi.org/10.1109/90.664262">Choudhury and Hahne, 1998</a>
 */
final class SharedLimit {
    private final long most;
    private final BooleanSupplier shared;
    private final Map<String, Long> held = new HashMap<>();
    private long used;

    /** Why an amount is refused. */
    enum Refusal {
        /** There is not so much left for anybody. */
        FULL,
        /** There is, but this tenant holds its share. */
        SHARE
    }

    /**
     * @param shared whether there are several tenants; else the one may take all
     */
    SharedLimit(long most, BooleanSupplier shared) {
        this.most = most;
        this.shared = shared;
    }

    /** Takes an amount, or takes nothing and gives the reason. */
    synchronized @Nullable Refusal take(String tenant, long amount) {
        long free = most - used;
        if (amount > free) {
            return Refusal.FULL;
        }
        long own = held.getOrDefault(tenant, 0L);
        if (shared.getAsBoolean() && own > 0 && own + amount > free) {
            return Refusal.SHARE;
        }
        used += amount;
        held.put(tenant, own + amount);
        return null;
    }

    /** Gives back what was taken. */
    synchronized void giveBack(String tenant, long amount) {
        used -= amount;
        held.computeIfPresent(tenant, (same, own) -> own <= amount ? null : own - amount);
    }

    long most() {
        return most;
    }

    synchronized long used() {
        return used;
    }
}
