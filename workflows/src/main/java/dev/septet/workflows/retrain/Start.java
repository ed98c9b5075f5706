package dev.septet.workflows.retrain;

/**
 * The start of a run of a pipeline.
 *
 * @param runId Temporal's run id
 * @param millis workflow time
 */
public record Start(String runId, long millis) {}
