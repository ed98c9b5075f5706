package dev.septet.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.temporal.worker.tuning.ActivitySlotInfo;
import io.temporal.worker.tuning.SlotPermit;
import io.temporal.worker.tuning.SlotReleaseContext;
import io.temporal.worker.tuning.SlotReleaseReason;
import io.temporal.worker.tuning.SlotReserveContext;
import io.temporal.worker.tuning.SlotSupplierFuture;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeviceSlotsTest {
    private final DeviceSlots slots = new DeviceSlots(2);

    @Test
    void aPermitADeviceLowestFirst() throws Exception {
        assertThat(device(slots.reserveSlot(context()))).isZero();
        assertThat(device(slots.reserveSlot(context()))).isEqualTo(1);
        assertThat(slots.tryReserveSlot(context())).isEmpty();
        assertThat(slots.getMaximumSlots()).contains(2);
    }

    @Test
    void whoWaitsIsServedInOrder() throws Exception {
        SlotPermit first = slots.reserveSlot(context()).get();
        slots.reserveSlot(context()).get();
        SlotSupplierFuture third = slots.reserveSlot(context());
        SlotSupplierFuture fourth = slots.reserveSlot(context());
        assertThat(third).isNotDone();

        release(first);

        assertThat(device(third)).isZero();
        assertThat(fourth).isNotDone();
    }

    @Test
    void aReservationGivenUpLosesNoPermit() throws Exception {
        SlotPermit first = slots.reserveSlot(context()).get();
        slots.reserveSlot(context()).get();
        SlotSupplierFuture givenUp = slots.reserveSlot(context());
        SlotSupplierFuture next = slots.reserveSlot(context());

        assertThat(givenUp.abortReservation()).isNull();
        release(first);

        assertThat(device(next)).isZero();
    }

    @Test
    void noSlotIsNoWorker() {
        assertThatThrownBy(() -> new DeviceSlots(0)).hasMessageContaining("at least one slot");
    }

    private static int device(SlotSupplierFuture reservation) throws Exception {
        return (Integer) reservation.get().userData;
    }

    private void release(SlotPermit permit) {
        slots.releaseSlot(new SlotReleaseContext<>() {
            @Override
            public SlotReleaseReason getSlotReleaseReason() {
                return SlotReleaseReason.taskComplete();
            }

            @Override
            public SlotPermit getSlotPermit() {
                return permit;
            }

            @Override
            @SuppressWarnings("NullAway") // as the SDK does for a permit never used
            public ActivitySlotInfo getSlotInfo() {
                return null;
            }
        });
    }

    private static SlotReserveContext<ActivitySlotInfo> context() {
        return new SlotReserveContext<>() {
            @Override
            public String getTaskQueue() {
                return "septet-gpu";
            }

            @Override
            public Map<SlotPermit, ActivitySlotInfo> getUsedSlots() {
                return Map.of();
            }

            @Override
            public String getWorkerIdentity() {
                return "test";
            }

            @Override
            @SuppressWarnings("NullAway")
            public String getWorkerBuildId() {
                return null;
            }

            @Override
            public int getNumIssuedSlots() {
                return 0;
            }
        };
    }
}
