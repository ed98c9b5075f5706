package dev.septet.workers.serve.admission;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A limit that tenants share by dynamic thresholds: a tenant may hold at most as much as is free. A
 * single tenant gets at most half, two tenants get at most a third each, and a new tenant always
 * finds room.
 *
 * @see <a href="https://doi.org/10.1109/90.664262">Choudhury and Hahne, 1998</a>
 */
final class SharedLimit {
    private final long max;
    private final BooleanSupplier shared;
    private final Map<String, Long> usedByTenant = new HashMap<>();
    private long used;

    /** The reason for a refusal. */
    enum Refusal {
        /** Less than the amount is free. */
        FULL,
        /** The amount is free, but this tenant's share is used up. */
        SHARE
    }

    /**
     * @param shared whether there are several tenants; a single tenant may take all
     */
    SharedLimit(long max, BooleanSupplier shared) {
        this.max = max;
        this.shared = shared;
    }

    /** Takes the amount and returns null, or takes nothing and returns the reason. */
    synchronized @Nullable Refusal acquire(String tenant, long amount) {
        long free = max - used;
        if (amount > free) {
            return Refusal.FULL;
        }
        long own = usedByTenant.getOrDefault(tenant, 0L);
        if (shared.getAsBoolean() && own > 0 && own + amount > free) {
            return Refusal.SHARE;
        }
        used += amount;
        usedByTenant.put(tenant, own + amount);
        return null;
    }

    /** Releases an amount. */
    synchronized void release(String tenant, long amount) {
        used -= amount;
        usedByTenant.computeIfPresent(tenant, (same, own) -> own <= amount ? null : own - amount);
    }

    long max() {
        return max;
    }

    synchronized long used() {
        return used;
    }
}
