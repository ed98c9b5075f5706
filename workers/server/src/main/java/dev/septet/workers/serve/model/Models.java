package dev.septet.workers.serve.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The served models by name. Readers see either all names before a swap or all names after it. */
public final class Models implements AutoCloseable {
    private volatile Map<String, ModelEntry> byName = Map.of();

    /** The model names that requests may use, sorted. */
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /** The fingerprint that clients now get for a model name. */
    public Optional<String> version(String name) {
        return Optional.ofNullable(byName.get(name)).map(ModelEntry::fingerprint);
    }

    /** The pipeline that published the model of this name; empty for a model folder or file. */
    public Optional<String> pipeline(String name) {
        return Optional.ofNullable(byName.get(name)).map(ModelEntry::pipeline);
    }

    /**
     * Takes the model of this name for a request.
     *
     * @param key decides between champion and challenger
     * @return null when no model has this name
     */
    public @Nullable Lease lease(String name, String key) {
        while (true) {
            ModelEntry entry = byName.get(name);
            Lease lease = entry == null ? null : entry.lease(name, key);
            if (entry == null || lease != null) {
                return lease;
            }
            // The model was retired between the lookup and the take. The names have changed
            // already, so look up again.
            Thread.onSpinWait();
        }
    }

    /** Whether the guards of all models give verdicts. */
    public boolean guarded() {
        return byName.values().stream()
                .map(entry -> Optional.ofNullable(entry.hosted().guard()))
                .flatMap(Optional::stream)
                .allMatch(guard -> guard.unhealthy().isEmpty());
    }

    /** Adds a model that is never swapped. */
    public void add(String name, HostedBackend hosted) {
        replace(Map.of(), Map.of(name, ModelEntry.named(null, hosted)));
    }

    /** Removes names and adds others atomically. */
    synchronized void replace(Map<String, ModelEntry> gone, Map<String, ModelEntry> added) {
        TreeMap<String, ModelEntry> next = new TreeMap<>(byName);
        next.keySet().removeAll(gone.keySet());
        next.putAll(added);
        byName = Collections.unmodifiableMap(next);
    }

    /** Retires all models; requests in flight keep their models until they end. */
    @Override
    public synchronized void close() {
        Map<String, ModelEntry> last = byName;
        byName = Map.of();
        for (ModelEntry entry : last.values()) {
            entry.hosted().retire();
            ModelEntry.Challenger challenger = entry.challenger();
            if (challenger != null) {
                challenger.hosted().retire();
            }
        }
    }
}
