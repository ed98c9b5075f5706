package dev.septet.workers.serve.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private final List<String> started = new ArrayList<>();

    private FairQueue.Waiting add(FairQueue queue, String tenant, String name, long cost) {
        return queue.add(tenant, cost, () -> started.add(name));
    }

    @Test
    void aTenantsOneIsNotBehindAnothersForty() {
        FairQueue queue = new FairQueue(1, () -> true);
        for (int i = 0; i < 40; i++) {
            add(queue, "a", "a" + i, 10);
        }
        add(queue, "b", "b", 10);
        queue.ended("a", 0);

        assertThat(started).containsExactly("a0", "b");
    }

    @Test
    void whoIsServedLeastIsNextByTokensNotByRequests() {
        FairQueue queue = new FairQueue(1, () -> true);
        add(queue, "a", "a-long", 100);
        for (int i = 0; i < 3; i++) {
            add(queue, "a", "a" + i, 100);
            add(queue, "b", "b" + i, 40);
        }
        queue.ended("a", 0);
        queue.ended("b", 0);
        queue.ended("a", 0);
        queue.ended("b", 0);

        assertThat(started).containsExactly("a-long", "b0", "a0", "b1", "b2");
    }

    @Test
    void theLastSlotIsForATenantThatHasNone() {
        FairQueue queue = new FairQueue(3, () -> true);
        for (int i = 0; i < 5; i++) {
            add(queue, "a", "a" + i, 1);
        }
        assertThat(started).containsExactly("a0", "a1");
        add(queue, "b", "b0", 1);
        assertThat(started).containsExactly("a0", "a1", "b0");
        queue.ended("b", 0);
        assertThat(started).hasSize(3);
    }

    @Test
    void aLoneTenantMayFillAllSlotsInOrder() {
        FairQueue queue = new FairQueue(3, () -> false);
        for (int i = 0; i < 5; i++) {
            add(queue, "", "a" + i, 1);
        }
        queue.ended("", 5);
        assertThat(started).containsExactly("a0", "a1", "a2", "a3");
    }

    @Test
    void workThatIsTakenOutIsNotStarted() {
        FairQueue queue = new FairQueue(1, () -> true);
        add(queue, "a", "a0", 1);
        FairQueue.Waiting second = add(queue, "a", "a1", 1);
        add(queue, "b", "b0", 5);
        assertThat(second.cancel()).isTrue();
        assertThat(second.cancel()).isFalse();
        queue.ended("a", 0);
        queue.ended("b", 0);

        assertThat(started).containsExactly("a0", "b0");
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void aPauseIsNoCredit() {
        FairQueue queue = new FairQueue(1, () -> true);
        add(queue, "a", "a0", 1000);
        add(queue, "a", "a1", 1);
        add(queue, "late", "l0", 600);
        add(queue, "late", "l1", 600);
        add(queue, "late", "l2", 600);
        queue.ended("a", 0);
        queue.ended("late", 0);
        queue.ended("a", 0);

        assertThat(started).as("counters start level").containsExactly("a0", "l0", "a1", "l1");
    }
}
