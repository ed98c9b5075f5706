package dev.septet.dsl.bind;

import dev.septet.dsl.problem.SourceLocation;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The locations of words and options, by their dotted path, such as {@code train.stop.patience}. */
final class Places {
    private final Map<String, SourceLocation> said = new HashMap<>();

    void put(String way, SourceLocation at) {
        said.putIfAbsent(way, at);
    }

    Optional<SourceLocation> of(String way) {
        return Optional.ofNullable(said.get(way));
    }

    /** The location of the first of these paths that the file has, otherwise the location of the pipeline. */
    SourceLocation first(String... ways) {
        for (String way : ways) {
            SourceLocation at = said.get(way);
            if (at != null) {
                return at;
            }
        }
        return said.getOrDefault("pipeline", SourceLocation.of(""));
    }
}
