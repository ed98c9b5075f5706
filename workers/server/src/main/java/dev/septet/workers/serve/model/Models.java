package dev.septet.workers.serve.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All models by name. Readers see one whole set of names, before a swap or after it. */
public final class Models implements AutoCloseable {
    private volatile Map<String, ModelEntry> byName = Map.of();

    /** The names that requests may give, sorted. */
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /** What clients are told of who answers to a name now. */
    public Optional<String> version(String name) {
        return Optional.ofNullable(byName.get(name)).map(ModelEntry::fingerprint);
    }

    /** Whose model a name means; empty for a folder or file. */
    public Optional<String> pipeline(String name) {
        return Optional.ofNullable(byName.get(name)).map(ModelEntry::pipeline);
    }

    /**
     * A right to use the model of this name.
     *
     * @param key what decides between champion and challenger
     * @return null when there is no such name
     */
    public @Nullable Lease take(String name, String key) {
        while (true) {
            ModelEntry entry = byName.get(name);
            Lease lease = entry == null ? null : entry.take(name, key);
            if (entry == null || lease != null) {
                return lease;
            }
            // Retired between the look and the grasp: the names have changed already.
            Thread.onSpinWait();
        }
    }

    /** Adds a model that stays as it is. */
    public void add(String name, HostedBackend hosted) {
        replace(Map.of(), Map.of(name, ModelEntry.named(null, hosted)));
    }

    /** Takes names away and adds others, at once. */
    synchronized void replace(Map<String, ModelEntry> gone, Map<String, ModelEntry> added) {
        TreeMap<String, ModelEntry> next = new TreeMap<>(byName);
        next.keySet().removeAll(gone.keySet());
        next.putAll(added);
        byName = Collections.unmodifiableMap(next);
    }

    /** Ends all; requests in flight keep their models until they are over. */
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
