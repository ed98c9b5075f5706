package dev.septet.workflows.summary;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.retrain.Trigger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts about a run that no artifact may hold, because they differ between runs with equal results.
 *
 * @param startedMillis start of the run in milliseconds since 1970, UTC
 * @param endedMillis when the last stage ended
 * @param workflowId the run's workflow id
 * @param trigger what started it
 * @param why why it retrains, in one sentence; empty for other runs
 * @param scheduleId the Temporal schedule that started it; null when none did
 * @param parentId the workflow that started it, such as a monitor; null when none did
 * @param resumedRun run id of the run that it resumes; null for other runs
 * @param attempt 1, or more when Temporal itself retried the run
 * @param stages the stages that ran, in their order; a stage may appear more than once
 * @param failure why the run published nothing; null when it worked
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunFacts(
        long startedMillis,
        long endedMillis,
        String workflowId,
        Trigger trigger,
        String why,
        @Nullable String scheduleId,
        @Nullable String parentId,
        @Nullable String resumedRun,
        int attempt,
        List<StageTime> stages,
        @Nullable String failure) {
    public RunFacts {
        stages = stages == null ? List.of() : List.copyOf(stages); // lenient reader
    }

    /** These facts with another reason for a run that published nothing. */
    public RunFacts withFailure(@Nullable String other) {
        return new RunFacts(
                startedMillis,
                endedMillis,
                workflowId,
                trigger,
                why,
                scheduleId,
                parentId,
                resumedRun,
                attempt,
                stages,
                other);
    }
}
