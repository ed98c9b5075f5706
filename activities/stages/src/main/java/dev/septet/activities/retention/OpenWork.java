package dev.septet.activities.retention;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The work that has not ended, as the Temporal server knows it.
 *
 * @param oldest start of the oldest run that has not ended, also one that waits for an approval; null without one
 * @param runIds run ids of all open workflows
 * @param artifacts digests of artifacts that monitors need
 */
public record OpenWork(@Nullable Instant oldest, Set<String> runIds, Set<String> artifacts) {
    /** No open work. */
    public static final OpenWork NONE = new OpenWork(null, Set.of(), Set.of());

    public OpenWork {
        runIds = Set.copyOf(runIds);
        artifacts = Set.copyOf(artifacts);
    }
}
