package dev.septet.llm.runtime;

import ai.djl.engine.EngineException;
import java.util.List;
import java.util.Locale;

/** The machine or the device has too little memory for the operation. Smaller batches may fit. */
public final class OutOfMemory extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Parts of the messages of libtorch's allocators and of NVIDIA's libraries, in lower case. The
     * last one is the end of status names such as {@code CUBLAS_STATUS_ALLOC_FAILED}: the library
     * has no memory for its workspace.
     */
    private static final List<String> SIGNS =
            List.of("can't allocate memory", "out of memory", "not enough memory", "_alloc_failed");

    private OutOfMemory(EngineException cause) {
        super("not enough memory for this step; use a smaller batch, more accumulation, or" + " shorter rows", cause);
    }

    /**
     * An {@code OutOfMemory} if libtorch's message reports a failed allocation, else the same
     * exception.
     */
    public static RuntimeException orSame(EngineException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return SIGNS.stream().anyMatch(message::contains) ? new OutOfMemory(failure) : failure;
    }
}
