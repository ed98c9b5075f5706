package dev.septet.workflows.retrain;

/**
 * That a run of a pipeline began.
 *
 * @param runId Temporal's
 * @param millis workflow time
 */
public record Start(String runId, long millis) {}
