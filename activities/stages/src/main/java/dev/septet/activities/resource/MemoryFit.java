package dev.septet.activities.resource;

import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.train.memory.MicroBatchBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that is done with less at once when memory runs out, as training does. */
public final class MemoryFit {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryFit.class);

    private MemoryFit() {}

    /** Work that begins anew with each amount. */
    public interface Work<T, E extends Exception> {
        T with(MicroBatchBudget atOnce) throws E;
    }

    /**
     * What the work gives with the most that memory allows.
     *
     * @param first how much is tried first
     * @param longest tokens of the longest example, less than which cannot be computed at once
     * @throws OutOfMemory when that does not fit either
     */
    public static <T, E extends Exception> T of(MicroBatchBudget first, int longest, Work<T, E> work) throws E {
        MicroBatchBudget atOnce = first;
        while (true) {
            try {
                return work.with(atOnce);
            } catch (OutOfMemory e) {
                LOG.warn("memory ran out with {}", atOnce);
                atOnce = atOnce.less(longest).orElseThrow(() -> e);
            }
        }
    }
}
