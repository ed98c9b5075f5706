package dev.septet.workers;

/**
 * An activity that a worker is running.
 *
 * @param token Temporal's task token of this attempt, in base 64; the server refuses it once
 *     another attempt runs
 */
public record RunningActivity(
        String namespace, String workflowId, String runId, String activityId, String type, int attempt, String token) {}
