package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * How a stage got its result.
 *
 * @param key digest of everything that the result depends on
 * @param reusedFrom the run that computed the result, null when it is this run
 * @param why one sentence for people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Origin(String key, @Nullable String reusedFrom, String why) {
    /** Whether the result is from an earlier run. */
    public boolean reused() {
        return reusedFrom != null;
    }
}
