package dev.septet.workers;

import io.temporal.worker.tuning.ActivitySlotInfo;
import io.temporal.worker.tuning.SlotMarkUsedContext;
import io.temporal.worker.tuning.SlotPermit;
import io.temporal.worker.tuning.SlotReleaseContext;
import io.temporal.worker.tuning.SlotReserveContext;
import io.temporal.worker.tuning.SlotSupplier;
import io.temporal.worker.tuning.SlotSupplierFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A slot supplier with one permit per device, so that a device never runs two activities at once.
 * The permit's data is the device's index. The lowest free index is given first. Reservations are
 * served first come, first served.
 */
public final class DeviceSlots implements SlotSupplier<ActivitySlotInfo> {
    private final int devices;
    private final TreeSet<Integer> free = new TreeSet<>();
    private final Deque<CompletableFuture<SlotPermit>> waiting = new ArrayDeque<>();

    /**
     * @param devices number of devices, at least 1
     */
    public DeviceSlots(int devices) {
        if (devices < 1) {
            throw new IllegalArgumentException("at least one slot is needed, got " + devices);
        }
        this.devices = devices;
        for (int device = 0; device < devices; device++) {
            free.add(device);
        }
    }

    @Override
    public SlotSupplierFuture reserveSlot(SlotReserveContext<ActivitySlotInfo> context) {
        CompletableFuture<SlotPermit> reservation = new CompletableFuture<>();
        synchronized (this) {
            SlotPermit permit = acquire();
            if (permit == null) {
                waiting.add(reservation);
            } else {
                reservation.complete(permit);
            }
        }
        return SlotSupplierFuture.fromCompletableFuture(reservation, () -> forget(reservation));
    }

    @Override
    public synchronized Optional<SlotPermit> tryReserveSlot(SlotReserveContext<ActivitySlotInfo> context) {
        return Optional.ofNullable(acquire());
    }

    @Override
    public void markSlotUsed(SlotMarkUsedContext<ActivitySlotInfo> context) {
        // A permit is in use from its reservation on, so nothing changes when its task arrives.
    }

    @Override
    public void releaseSlot(SlotReleaseContext<ActivitySlotInfo> context) {
        release(context.getSlotPermit());
    }

    @Override
    public Optional<Integer> getMaximumSlots() {
        return Optional.of(devices);
    }

    private void release(SlotPermit permit) {
        while (true) {
            CompletableFuture<SlotPermit> next;
            synchronized (this) {
                next = waiting.poll();
                if (next == null) {
                    free.add((Integer) permit.userData);
                    return;
                }
            }
            if (next.complete(permit)) {
                return; // else this reservation was just cancelled: serve the next one
            }
        }
    }

    private synchronized void forget(CompletableFuture<SlotPermit> reservation) {
        waiting.removeIf(other -> other == reservation);
    }

    private @Nullable SlotPermit acquire() {
        Integer device = free.pollFirst();
        return device == null ? null : new SlotPermit(device);
    }
}
