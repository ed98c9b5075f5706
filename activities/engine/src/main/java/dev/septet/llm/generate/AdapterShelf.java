package dev.septet.llm.generate;

import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.model.weights.LoadedAdapter;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cache of the adapters in memory. Adapters are loaded on request, and the least recently used one
 * is evicted for another.
 */
final class AdapterShelf implements AutoCloseable {
    private final LanguageModel model;
    private final AdapterFolders folders;
    private final int capacity;
    private final Map<String, LoadedAdapter> loaded = new LinkedHashMap<>(16, 0.75f, true);

    AdapterShelf(LanguageModel model, AdapterFolders folders, int capacity) {
        this.model = model;
        this.folders = folders;
        this.capacity = capacity;
    }

    /**
     * The adapter with this name, loaded if necessary.
     *
     * @param busy adapters in use, which are not evicted
     * @param onEvict called with an adapter before it is evicted and closed
     * @return null when every cached adapter is in use
     * @throws UnknownAdapter when there is no adapter with this name
     * @throws dev.septet.llm.format.FormatProblem when its files are damaged or do not match the
     *     model
     */
    @Nullable
    LoadedAdapter find(String name, Set<LoadedAdapter> busy, Consumer<LoadedAdapter> onEvict) {
        LoadedAdapter cached = loaded.get(name);
        if (cached != null) {
            return cached;
        }
        if (capacity == 0) {
            throw new UnknownAdapter(name);
        }
        if (loaded.size() >= capacity && !evictOne(busy, onEvict)) {
            return null;
        }
        LoadedAdapter adapter = model.loadAdapter(folders.folder(name).orElseThrow(() -> new UnknownAdapter(name)));
        loaded.put(name, adapter);
        return adapter;
    }

    private boolean evictOne(Set<LoadedAdapter> busy, Consumer<LoadedAdapter> onEvict) {
        for (Iterator<LoadedAdapter> all = loaded.values().iterator(); all.hasNext(); ) {
            LoadedAdapter adapter = all.next();
            if (!busy.contains(adapter)) {
                all.remove();
                onEvict.accept(adapter);
                adapter.close();
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        loaded.values().forEach(LoadedAdapter::close);
        loaded.clear();
    }
}
