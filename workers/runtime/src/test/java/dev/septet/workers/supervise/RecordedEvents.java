package dev.septet.workers.supervise;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a supervisor told. */
final class RecordedEvents implements SupervisorEvents {
    /** Whether telling fails. */
    volatile boolean deaf;

    final List<String> deaths = new CopyOnWriteArrayList<>();
    final List<String> dying = new CopyOnWriteArrayList<>();

    @Override
    public void died(String name, int status) {
        deaths.add(name + " " + status);
        if (deaf) {
            throw new IllegalStateException("the server does not answer");
        }
    }

    @Override
    public void keepsDying(String name, Path log) {
        dying.add(name);
    }
}
