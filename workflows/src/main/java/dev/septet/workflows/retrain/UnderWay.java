package dev.septet.workflows.retrain;

/**
 * A run of a pipeline that began and was not heard to end.
 *
 * @param workflowId its id; a retraining is known by it
 * @param waits it goes on only when its watch says that its turn has come
 */
public record UnderWay(String workflowId, Start start, boolean waits) {
    /** The same, which waits no longer. */
    UnderWay going() {
        return new UnderWay(workflowId, start, false);
    }

    /** Whether both are the same run. */
    boolean is(String runId) {
        return start.runId().equals(runId);
    }
}
