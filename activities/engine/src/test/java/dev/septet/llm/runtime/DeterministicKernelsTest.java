package dev.septet.llm.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** On a card and without one: dev.septet.llm.cuda.EmulatedCardTest runs it too. */
class DeterministicKernelsTest {
    /** The CPU's kernels are deterministic, and some are slower with the switch. */
    @Test
    void areRequiredOnACardOnly() {
        assertThat(Torch.threads()).isPositive();
        assertThat(DeterministicKernels.required()).isEqualTo(Torch.gpus() > 0);
    }
}
