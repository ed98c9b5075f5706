package dev.septet.activities.resource;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import dev.septet.llm.cuda.CardMemory;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.train.memory.MicroBatchBudget;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** On a card, its memory counts and not the host's. The readings are those of a card of 24 GB. */
class DeviceMemoryTest {
    private static final long TOTAL = 25_438_126_080L;
    private static final long IDLE = 24_964_169_728L;
    private static final long TRAINED = 9_126_805_504L;

    private int released;

    @Test
    void availableIsWhatIsFreeOnTheCardAfterLibtorchGaveItsOwnBack() {
        DeviceMemory card = card(IDLE);
        assertThat(card.available()).isEqualTo(IDLE);
        assertThat(released).isEqualTo(1);
    }

    @Test
    void peakIsWhatLibtorchTookSinceTheReset() throws IOException {
        DeviceMemory card = card(IDLE, TRAINED);
        card.resetPeak();
        assertThat(card.peak()).isEqualTo(IDLE - TRAINED);
        assertThat(released).as("what libtorch keeps shows the peak").isEqualTo(1);
    }

    @Test
    void withoutACardTheHostsMemoryCounts() throws IOException {
        DeviceMemory host = new DeviceMemory(Optional::empty, () -> released++);
        host.resetPeak();
        assertThat(host.available()).isPositive();
        assertThat(host.peak()).isPositive();
    }

    @Test
    void aFailedAttemptIsNotInThePeak() throws IOException {
        DeviceMemory card = card(IDLE, IDLE, TRAINED);
        List<MicroBatchBudget> tried = new ArrayList<>();

        long peak = MemoryFit.of(new MicroBatchBudget(64, true), 8, card, budget -> {
            tried.add(budget);
            if (tried.size() == 1) {
                throw new EngineException("CUDA error: out of memory");
            }
            return card.peak();
        });

        assertThat(peak).isEqualTo(IDLE - TRAINED);
        assertThat(released)
                .as("each attempt starts without what the former one took")
                .isEqualTo(2);
    }

    @Test
    void aCardThatHasNoMemoryForTheQueryHasNoneForATraining() {
        DeviceMemory full = new DeviceMemory(
                () -> {
                    throw OutOfMemory.ofBusyCard(new EngineException("CUDA API call failed: out of memory (2)"));
                },
                () -> {});
        assertThat(full.available()).isZero();
    }

    private DeviceMemory card(Long... free) {
        ArrayDeque<Long> readings = new ArrayDeque<>(List.of(free));
        return new DeviceMemory(() -> Optional.of(new CardMemory(TOTAL, readings.remove())), () -> released++);
    }
}
