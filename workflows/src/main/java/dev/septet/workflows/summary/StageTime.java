package dev.septet.workflows.summary;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.Stage;

/**
 * How long a stage took in a run, by the clock of the workflow. The time includes waits for a worker.
 *
 * @param reused whether the stage took the result of an earlier run
 * @param failed whether the stage ended with a failure
 */
public record StageTime(
        Stage stage,
        long millis,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean reused,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean failed) {}
