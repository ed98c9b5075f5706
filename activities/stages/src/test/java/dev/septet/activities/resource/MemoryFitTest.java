package dev.septet.activities.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.train.memory.MicroBatchBudget;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The messages are CUDA's and those of NVIDIA's libraries. */
class MemoryFitTest {
    private static final MicroBatchBudget FIRST = new MicroBatchBudget(64, false);

    @Test
    void usesLessMemoryUntilTheCardHasEnough() {
        List<MicroBatchBudget> tried = new ArrayList<>();
        int fits = MemoryFit.of(FIRST, 8, budget -> {
            tried.add(budget);
            if (!budget.recompute()) {
                throw new EngineException("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity"
                        + " of 23.69 GiB of which 1.21 GiB is free.");
            }
            if (budget.tokens() > 16) {
                throw new EngineException("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`");
            }
            return budget.tokens();
        });
        assertThat(fits).isEqualTo(16);
        assertThat(tried).extracting(MicroBatchBudget::tokens).containsExactly(64, 64, 32, 16);
    }

    @Test
    void givesUpWhenTheLongestExampleDoesNotFit() {
        assertThatThrownBy(() -> MemoryFit.of(FIRST, 64, budget -> {
                    throw new EngineException("CUDA error: out of memory");
                }))
                .isInstanceOf(OutOfMemory.class);
    }

    @Test
    void anotherFailureIsNotRepeated() {
        EngineException failure = new EngineException("CUDA error: an illegal memory access was encountered");
        assertThatThrownBy(() -> MemoryFit.of(FIRST, 8, budget -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }
}
