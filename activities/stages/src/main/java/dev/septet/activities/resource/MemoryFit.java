package dev.septet.activities.resource;

import ai.djl.engine.EngineException;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.train.memory.MicroBatchBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Retries work with smaller micro-batches when memory runs out, as training does. */
public final class MemoryFit {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryFit.class);

    private MemoryFit() {}

    /** Work that restarts with each micro-batch size. */
    public interface Work<T, E extends Exception> {
        T with(MicroBatchBudget budget) throws E;
    }

    /**
     * As without a device. Every attempt resets the peak of the device first, because a failed attempt
     * took more memory than the one that fits.
     */
    public static <T, E extends Exception> T of(
            MicroBatchBudget first, int longest, DeviceMemory device, Work<T, E> work) throws E {
        return of(first, longest, budget -> {
            device.resetPeak();
            return work.with(budget);
        });
    }

    /**
     * The result of the work with the largest micro-batch that fits in memory.
     *
     * @param first the first micro-batch budget
     * @param longest tokens of the longest example, the minimum of a micro-batch
     * @throws OutOfMemory when that does not fit either
     */
    public static <T, E extends Exception> T of(MicroBatchBudget first, int longest, Work<T, E> work) throws E {
        MicroBatchBudget budget = first;
        while (true) {
            try {
                return work.with(budget);
            } catch (OutOfMemory | EngineException e) {
                // A failed allocation outside of a script is not an OutOfMemory yet.
                RuntimeException problem = e instanceof EngineException engine ? OutOfMemory.orSame(engine) : e;
                if (!(problem instanceof OutOfMemory)) {
                    throw problem;
                }
                LOG.warn("memory ran out with {}", budget);
                budget = budget.less(longest).orElseThrow(() -> problem);
            }
        }
    }
}
