package dev.septet.workers.supervise;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a supervisor told. */
final class RecordedEvents implements SupervisorEvents {
    final List<String> deaths = new CopyOnWriteArrayList<>();
    final List<String> givenUp = new CopyOnWriteArrayList<>();

    @Override
    public void died(String name, int status) {
        deaths.add(name + " " + status);
    }

    @Override
    public void gaveUp(String name, Path log) {
        givenUp.add(name);
    }
}
