package dev.septet.activities.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.cuda.CardMemory;
import java.io.IOException;
import java.util.ArrayDeque;
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
        assertThat(host.isCard()).isFalse();
        assertThat(host.available()).isPositive();
        assertThat(host.peak()).isPositive();
        assertThat(DeviceMemory.here().isCard()).isFalse();
    }

    private DeviceMemory card(Long... free) {
        ArrayDeque<Long> readings = new ArrayDeque<>(List.of(free));
        return new DeviceMemory(() -> Optional.of(new CardMemory(TOTAL, readings.remove())), () -> released++);
    }
}
