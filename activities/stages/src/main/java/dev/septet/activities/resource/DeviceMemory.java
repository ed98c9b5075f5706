package dev.septet.activities.resource;

import dev.septet.llm.cuda.CardMemory;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.runtime.Torch;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory, in bytes, of the device that this process computes on: of its card if it uses one, else
 * of the host. A card's memory holds weights, gradients, moments and activations, so it limits a
 * training there; the host's memory does not.
 */
public final class DeviceMemory {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceMemory.class);

    private final Supplier<Optional<CardMemory>> card;
    private final Runnable release;
    private long usedBefore;

    /**
     * @param card the card's memory now; empty if the process computes on the CPU
     * @param release gives the memory back that libtorch keeps for later tensors
     */
    DeviceMemory(Supplier<Optional<CardMemory>> card, Runnable release) {
        this.card = card;
        this.release = release;
    }

    /** The device of this process. Loads libtorch. */
    public static DeviceMemory here() {
        return new DeviceMemory(Torch::cardMemory, Torch::releaseCardMemory);
    }

    /**
     * Memory that a training can use: what no process uses on the card, or what is free on the host; 0
     * when the card has no memory for the query either.
     */
    public long available() {
        try {
            release.run();
            return card.get().map(CardMemory::free).orElseGet(HostMemory::available);
        } catch (OutOfMemory e) {
            LOG.warn("{}", e.getMessage());
            return 0;
        }
    }

    /** Starts measuring the peak. */
    public void resetPeak() {
        release.run();
        usedBefore = card.get().map(CardMemory::used).orElse(0L);
        HostMemory.resetPeak();
    }

    /**
     * Peak since {@link #resetPeak}: what this and other processes took on the card since then, or
     * this process's largest resident size. libtorch keeps a card's memory after tensors are closed,
     * so what is in use at the end was the peak.
     */
    public long peak() throws IOException {
        Optional<CardMemory> now = card.get();
        return now.isPresent() ? Math.max(0, now.get().used() - usedBefore) : HostMemory.peak();
    }
}
