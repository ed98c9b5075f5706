package dev.septet.workers.plan;

import dev.septet.workflows.Stage;

/**
 * The planned action of one stage.
 *
 * @param why the reason, as a sentence for users
 */
public record StagePlan(Stage stage, Action action, String why) {
    /** What the run would do at the stage. */
    public enum Action {
        /** Reuses the result of an earlier run. */
        REUSE,
        /** Runs the stage. */
        RUN,
        /** Runs the stage if an earlier stage produces a new result. */
        DEPENDS,
        /** Skips the stage, because the file has no such block. */
        SKIP
    }
}
