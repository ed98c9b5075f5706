package dev.septet.workers;

import java.util.List;

/**
 * Activity implementations, ready to be registered.
 *
 * @param light those of the light queue
 * @param training those that need the engine
 */
public record Implementations(List<Object> light, List<Object> training) {
    public Implementations {
        light = List.copyOf(light);
        training = List.copyOf(training);
    }

    /** Septet's own. */
    public static Implementations of(WorkerSettings settings) {
        return new Implementations(List.of(), List.of());
    }
}
