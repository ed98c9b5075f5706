package dev.septet.examples.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Looks at a published folder all the time, as a server would that loads whatever {@code current}
 * names: it must be absent or whole.
 */
final class PublicationWatch implements AutoCloseable {
    private final Path target;
    private final List<String> halves = new CopyOnWriteArrayList<>();
    private final AtomicInteger looks = new AtomicInteger();
    private final Thread thread;
    private volatile boolean ending;

    private PublicationWatch(Path target) {
        this.target = target;
        this.thread = new Thread(this::watch, "publication-watch");
    }

    static PublicationWatch of(Path target) {
        PublicationWatch watch = new PublicationWatch(target);
        watch.thread.start();
        return watch;
    }

    int looks() {
        return looks.get();
    }

    List<String> halves() {
        return halves;
    }

    @Override
    public void close() {
        ending = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        Path current = target.resolve("current");
        while (!ending) {
            looks.incrementAndGet();
            if (Files.exists(current)) {
                look(current);
            }
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }

    private void look(Path current) {
        try {
            Path version = current.toRealPath();
            for (String file : List.of(
                    "model/model.safetensors",
                    "model/config.json",
                    "model/tokenizer.json",
                    "adapter/adapter_model.safetensors",
                    "model-f16.gguf",
                    "model-q8_0.gguf")) {
                if (!Files.isRegularFile(version.resolve(file))) {
                    halves.add(version + " lacks " + file);
                }
            }
        } catch (IOException e) {
            halves.add(String.valueOf(e));
        }
    }
}
