package dev.septet.workflows.resume;

import dev.septet.workflows.Stage;
import org.jspecify.annotations.Nullable;

/**
 * The run to resume, and the stage to resume from.
 *
 * @param workflowId workflow id of the earlier run
 * @param runId run id of the earlier run
 * @param from word of the first stage to rerun, even if it has a finished result; results of the stages before it come
 *     from the earlier run
 */
public record Resume(String workflowId, String runId, String from) {
    /** The first stage to rerun; null when the word is unknown. */
    public @Nullable Stage first() {
        return Stage.of(from);
    }
}
