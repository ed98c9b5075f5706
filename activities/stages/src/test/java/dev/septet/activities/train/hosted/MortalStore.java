package dev.septet.activities.train.hosted;

import dev.septet.activities.store.ArtifactStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A store as a worker sees it that is killed: from then on, nothing that the worker does has an effect. */
public final class MortalStore {
    private final AtomicBoolean dead = new AtomicBoolean();
    private final AtomicInteger writes = new AtomicInteger();
    private final ArtifactStore store;
    private volatile int fatalWrite;

    public MortalStore(ArtifactStore real) {
        store = (ArtifactStore) Proxy.newProxyInstance(
                ArtifactStore.class.getClassLoader(),
                new Class<?>[] {ArtifactStore.class},
                (proxy, method, arguments) -> {
                    boolean write = method.getName().startsWith("put");
                    if (write && writes.incrementAndGet() == fatalWrite) {
                        dead.set(true);
                    }
                    if (dead.get()) {
                        throw new IllegalStateException("the worker was killed");
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    public ArtifactStore store() {
        return store;
    }

    public void kill() {
        dead.set(true);
    }

    public boolean dead() {
        return dead.get();
    }

    /** The worker is killed before the write of this number, from 1. */
    public void killAtWrite(int number) {
        fatalWrite = number;
    }

    public int writes() {
        return writes.get();
    }
}
