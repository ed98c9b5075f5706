package dev.septet.workers.serve.admission;

import dev.septet.workers.serve.backend.ModelBackend;
import java.util.IdentityHashMap;
import java.util.function.BooleanSupplier;

/** The fair queues of the engines. Models that share an engine share its queue. */
public final class EngineQueues {
    private final int slots;
    private final BooleanSupplier shared;
    private final IdentityHashMap<ModelBackend, EngineQueue> queues = new IdentityHashMap<>();

    private static final class EngineQueue {
        private final FairQueue queue;
        private int users;

        EngineQueue(FairQueue queue) {
            this.queue = queue;
        }
    }

    /**
     * @param slots number of answers that one engine generates at once
     * @param shared whether there are several tenants
     */
    public EngineQueues(int slots, BooleanSupplier shared) {
        this.slots = slots;
        this.shared = shared;
    }

    /** Takes the queue of a back end's engine; {@link #release} must follow. */
    public synchronized FairQueue enter(ModelBackend backend) {
        ModelBackend engine = backend.engine();
        EngineQueue queue = queues.computeIfAbsent(
                engine, fresh -> new EngineQueue(new FairQueue(Math.min(slots, engine.maxConcurrent()), shared)));
        queue.users++;
        return queue.queue;
    }

    /** The number of answers that wait for a turn at any engine. */
    public synchronized int waiting() {
        return queues.values().stream().mapToInt(one -> one.queue.waiting()).sum();
    }

    /** Releases the queue after a request. The queue of an unused engine is removed. */
    public synchronized void release(ModelBackend backend) {
        ModelBackend engine = backend.engine();
        EngineQueue queue = queues.get(engine);
        if (queue != null && --queue.users == 0) {
            queues.remove(engine);
        }
    }
}
