package dev.septet.workflows.resume;

import dev.septet.workflows.Stage;
import org.jspecify.annotations.Nullable;

/**
 * Which run is gone on with, and from where.
 *
 * @param workflowId of the earlier run
 * @param runId of the earlier run
 * @param from word of the first stage that is made anew, even where a finished result exists; what
 *     stands before it is taken from the earlier run
 */
public record Resume(String workflowId, String runId, String from) {
    /** The first stage that is made anew; null when there is no such word. */
    public @Nullable Stage first() {
        return Stage.of(from);
    }
}
