package dev.septet.dsl.bind;

import dev.septet.dsl.problem.SourceLocation;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Where words and options were said, by the dotted way to them: {@code train.stop.patience}. */
final class Places {
    private final Map<String, SourceLocation> said = new HashMap<>();

    void put(String way, SourceLocation at) {
        said.putIfAbsent(way, at);
    }

    Optional<SourceLocation> of(String way) {
        return Optional.ofNullable(said.get(way));
    }

    /** The place of the first of these ways that was said; the pipeline's own otherwise. */
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
