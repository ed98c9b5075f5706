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

    private final boolean duringUpdate;

    private OutOfMemory(String message, EngineException cause) {
        super(message, cause);
        duringUpdate = false;
    }

    private OutOfMemory(EngineException cause) {
        this("not enough memory for this step; use a smaller batch, more accumulation, or" + " shorter rows", cause);
    }

    private OutOfMemory(OutOfMemory failure) {
        super(
                "not enough memory to update the parameters, and some may be updated; continue from a checkpoint",
                failure);
        duringUpdate = true;
    }

    /** This failure, of an optimizer's update. */
    public OutOfMemory ofUpdate() {
        return new OutOfMemory(this);
    }

    /** Whether an update failed, so that some parameters may be updated and others not. */
    public boolean isOfUpdate() {
        return duringUpdate;
    }

    /**
     * An {@code OutOfMemory} if libtorch's message reports a failed allocation, else the same
     * exception.
     */
    public static RuntimeException orSame(EngineException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return SIGNS.stream().anyMatch(message::contains) ? new OutOfMemory(failure) : failure;
    }

    /** As {@link #orSame}, for a failure of any kind. */
    public static Throwable recognized(Throwable failure) {
        return failure instanceof EngineException engine ? orSame(engine) : failure;
    }

    /** The failure of a card that does not report its memory, because it has none for another process. */
    public static OutOfMemory ofBusyCard(EngineException refusal) {
        return new OutOfMemory(
                "the card is full or busy: it does not report its memory (%s); `nvidia-smi` shows the processes on it"
                        .formatted(refusal.getMessage()),
                refusal);
    }
}
