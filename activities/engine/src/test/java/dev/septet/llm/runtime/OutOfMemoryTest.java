package dev.septet.llm.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages as libtorch, the CUDA runtime and NVIDIA's libraries write them. */
class OutOfMemoryTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.81"
                        + " GiB is free. Process 71 has 77.33 GiB memory in use.",
                "The following operation failed in the TorchScript interpreter.\n"
                        + "RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB",
                "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported at some other API call",
                "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
                "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
                "CUDA driver error: out of memory",
                "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried"
                        + " to allocate 8 bytes. Error code 12 (Cannot allocate memory)",
                "DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."
            })
    void recognizesAFailedAllocation(String message) {
        assertThat(OutOfMemory.orSame(new EngineException(message))).isInstanceOf(OutOfMemory.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm`",
                "CUDA error: an illegal memory access was encountered",
                "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!"
            })
    void leavesOtherFailuresAsTheyAre(String message) {
        EngineException failure = new EngineException(message);
        assertThat(OutOfMemory.orSame(failure)).isSameAs(failure);
    }
}
