package dev.septet.workers.serve.admission;

import dev.septet.workers.serve.backend.ModelBackend;
import java.util.IdentityHashMap;
import java.util.function.BooleanSupplier;

/** A queue for each engine; models that share an engine share its queue. */
public final class EngineQueues {
    private final int slots;
    private final BooleanSupplier shared;
    private final IdentityHashMap<ModelBackend, Lane> lanes = new IdentityHashMap<>();

    private static final class Lane {
        private final FairQueue queue;
        private int users;

        Lane(FairQueue queue) {
            this.queue = queue;
        }
    }

    /**
     * @param slots answers that one engine writes at once
     * @param shared whether there are several tenants
     */
    public EngineQueues(int slots, BooleanSupplier shared) {
        this.slots = slots;
        this.shared = shared;
    }

    /** The queue of a back end's engine; to be given back by {@link #leave}. */
    public synchronized FairQueue enter(ModelBackend backend) {
        ModelBackend engine = backend.engine();
        Lane lane = lanes.computeIfAbsent(
                engine, fresh -> new Lane(new FairQueue(Math.min(slots, engine.atOnce()), shared)));
        lane.users++;
        return lane.queue;
    }

    /** A request that entered is over; an engine that nobody uses has no queue. */
    public synchronized void leave(ModelBackend backend) {
        ModelBackend engine = backend.engine();
        Lane lane = lanes.get(engine);
        if (lane != null && --lane.users == 0) {
            lanes.remove(engine);
        }
    }
}
