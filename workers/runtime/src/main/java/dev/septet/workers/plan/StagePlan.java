package dev.septet.workers.plan;

import dev.septet.workflows.Stage;

/**
 * What a run would do at a stage.
 *
 * @param why one sentence for people
 */
public record StagePlan(Stage stage, Action action, String why) {
    /** What it would do. */
    public enum Action {
        /** The result of an earlier run is taken. */
        REUSE,
        /** It runs. */
        RUN,
        /** It runs if what stands before it makes something new. */
        DEPENDS,
        /** The file has no such block. */
        SKIP
    }
}
