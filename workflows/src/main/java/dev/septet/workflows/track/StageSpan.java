package dev.septet.workflows.track;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.Stage;

/**
 * When a stage ran, by the clock of the workflow.
 *
 * @param startedMillis milliseconds since 1970, UTC
 * @param reused whether the stage took the result of an earlier run
 * @param failed whether the stage ended with a failure
 */
public record StageSpan(
        Stage stage,
        long startedMillis,
        long endedMillis,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean reused,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean failed) {}
