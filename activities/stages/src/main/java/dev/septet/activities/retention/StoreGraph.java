package dev.septet.activities.retention;

import dev.septet.activities.result.StoredResult;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Storage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.graph.KeyMeasurement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a store holds, and what each result was computed from, at one moment. */
final class StoreGraph {
    private static final Pattern DIGEST = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");

    /** The file of an export that names the artifact of its guard. */
    private static final String GUARD = "guard.json";

    private final ArtifactStore store;
    private final Map<String, Storage.Used> artifacts = new TreeMap<>();
    private final Map<String, Storage.Used> records = new TreeMap<>();
    private final List<StoredResult> results;
    private final Map<String, List<StoredResult>> producers = new HashMap<>();

    private StoreGraph(ArtifactStore store, List<StoredResult> results) {
        this.store = store;
        this.results = List.copyOf(results);
    }

    /** Reads a store. Records are listed first: an artifact that is newer than the list is recent, and stays. */
    static StoreGraph of(ArtifactStore store, StoredResult.Unreadable unreadable) throws IOException {
        List<Storage.Used> records = store.contents().records();
        StoreGraph graph = new StoreGraph(store, StoredResult.readable(store, unreadable));
        records.forEach(record -> graph.records.put(record.name(), record));
        store.contents().artifacts().forEach(artifact -> graph.artifacts.put(artifact.name(), artifact));
        for (StoredResult result : graph.results) {
            for (ArtifactRef artifact : result.artifacts()) {
                graph.producers
                        .computeIfAbsent(artifact.sha256(), none -> new ArrayList<>())
                        .add(result);
            }
        }
        return graph;
    }

    Map<String, Storage.Used> artifacts() {
        return artifacts;
    }

    Map<String, Storage.Used> records() {
        return records;
    }

    List<StoredResult> results() {
        return results;
    }

    /** The results that have an artifact. */
    List<StoredResult> producers(String sha256) {
        return producers.getOrDefault(sha256, List.of());
    }

    /**
     * The results that led to artifacts, with their own inputs before them. A comparison with a champion does not make a
     * result of it.
     */
    Map<String, StoredResult> lineage(Set<String> digests) throws IOException {
        Map<String, StoredResult> found = new LinkedHashMap<>();
        Set<String> seen = new TreeSet<>();
        List<String> left = new ArrayList<>(digests);
        while (!left.isEmpty()) {
            String digest = left.remove(left.size() - 1);
            if (!seen.add(digest)) {
                continue;
            }
            for (StoredResult result : producers(digest)) {
                if (found.putIfAbsent(result.name(), result) == null) {
                    left.addAll(inputs(result));
                    result.artifacts().forEach(artifact -> left.add(artifact.sha256()));
                }
            }
        }
        return found;
    }

    private Set<String> inputs(StoredResult result) {
        Set<String> inputs = new TreeSet<>();
        result.key().parts().forEach(part -> {
            boolean known = artifacts.containsKey(part.value()) || producers.containsKey(part.value());
            if (known && !part.group().equals(KeyMeasurement.CHAMPION.group())) {
                inputs.add(part.value());
            }
        });
        return inputs;
    }

    /** The artifacts of the store that a text names by their digests. */
    Set<String> named(String text) {
        Set<String> named = new TreeSet<>();
        Matcher digest = DIGEST.matcher(text);
        while (digest.find()) {
            if (artifacts.containsKey(digest.group())) {
                named.add(digest.group());
            }
        }
        return named;
    }

    /** The artifacts that only a file of an export names: the model of its guard. */
    Set<String> guards(Set<String> exports) throws IOException {
        Set<String> named = new TreeSet<>();
        for (String export : exports) {
            try {
                Optional<String> guard =
                        artifacts.containsKey(export) ? store.contents().text(export, GUARD) : Optional.empty();
                guard.ifPresent(text -> named.addAll(named(text)));
            } catch (CorruptArtifactException damaged) {
                // A damaged export names nothing; `septet verify --store` reports it.
            }
        }
        return named;
    }
}
