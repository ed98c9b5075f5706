package dev.septet.workers.cli.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.Progress;
import dev.septet.workflows.Stage;
import org.jspecify.annotations.Nullable;

/**
 * A pending activity of a running stage, or a training that goes on while no worker follows it.
 *
 * @param progress its last heartbeat; null before the first
 * @param attempt number of the attempt, from 1
 * @param lastFailure failure of the previous attempt; null in the first
 * @param waiting whether it waits for a worker
 * @param workflowId id of the workflow that scheduled it
 * @param queue its task queue; null where the server does not say it
 * @param worker identity of the worker that took it last; null before the first
 */
public record LiveActivity(
        Stage stage,
        @Nullable Progress progress,
        int attempt,
        @Nullable String lastFailure,
        boolean waiting,
        String workflowId,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String queue,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String worker) {}
