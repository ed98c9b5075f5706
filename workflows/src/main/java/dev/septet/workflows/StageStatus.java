package dev.septet.workflows;

/**
 * The state of a stage.
 *
 * @param detail one line for people: counts, scores, why it was reused or failed
 * @param workflowId the stage's own workflow, empty until it is started
 */
public record StageStatus(Stage stage, State state, String detail, String workflowId) {
    /** States of a stage. */
    public enum State {
        WAITING,
        RUNNING,
        DONE,
        REUSED,
        FAILED,
        SKIPPED
    }
}
