package dev.septet.workflows.track;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What a tracker has of a run.
 *
 * @param tracker the tracker as the pipeline file names it
 * @param where address or folder of the run there; null when it has nothing
 * @param problem why it has not the whole run; null when it has
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrackedIn(
        String tracker, @Nullable String where, @Nullable String problem) {
    /** One line for people. */
    public String line() {
        return problem == null
                ? "%s: %s".formatted(tracker, where)
                : "%s does not have the whole run: %s".formatted(tracker, problem);
    }
}
