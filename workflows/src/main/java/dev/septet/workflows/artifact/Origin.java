package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * How a stage came by its result.
 *
 * @param key digest of everything the result depends on
 * @param reusedFrom run that made it, null when this run did
 * @param why one sentence for people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Origin(String key, @Nullable String reusedFrom, String why) {
    /** Whether an earlier run's result was taken. */
    public boolean reused() {
        return reusedFrom != null;
    }
}
