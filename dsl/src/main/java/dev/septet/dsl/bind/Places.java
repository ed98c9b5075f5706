package dev.septet.dsl.bind;

import dev.septet.dsl.problem.SourceLocation;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The locations of words and options, by their dotted path, such as {@code train.stop.patience}. */
final class Places {
    private final Map<String, SourceLocation> locations = new HashMap<>();

    void put(String wordPath, SourceLocation at) {
        locations.putIfAbsent(wordPath, at);
    }

    Optional<SourceLocation> of(String wordPath) {
        return Optional.ofNullable(locations.get(wordPath));
    }

    /** The location of the first of these paths that the file has, otherwise the location of the pipeline. */
    SourceLocation first(String... wordPaths) {
        for (String wordPath : wordPaths) {
            SourceLocation at = locations.get(wordPath);
            if (at != null) {
                return at;
            }
        }
        return locations.getOrDefault("pipeline", SourceLocation.of(""));
    }
}
