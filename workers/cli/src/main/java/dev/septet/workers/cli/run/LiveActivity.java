package dev.septet.workers.cli.run;

import dev.septet.workflows.Progress;
import dev.septet.workflows.Stage;
import org.jspecify.annotations.Nullable;

/**
 * What a running stage is at.
 *
 * @param progress its last sign of life, null before the first
 * @param attempt from 1
 * @param lastFailure what ended the attempt before, null in the first
 * @param waiting whether it waits for a worker to take it
 * @param workflowId the workflow that wants it
 */
public record LiveActivity(
        Stage stage,
        @Nullable Progress progress,
        int attempt,
        @Nullable String lastFailure,
        boolean waiting,
        String workflowId) {}
