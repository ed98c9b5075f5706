package dev.septet.workers.supervise;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A JVM that owns a supervised process, for tests that kill it. */
final class SupervisorOwner {
    private SupervisorOwner() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Supervisor supervisor = new Supervisor(folder, Backoff.DEFAULT, new RecordedEvents());
        supervisor.keep(new ProcessSpec("child", List.of("sleep", "600"), Map.of(), folder.resolve("child.log"), 2));
        new CountDownLatch(1).await();
    }
}
