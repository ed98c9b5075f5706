package dev.septet.workflows;

import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.common.SearchAttributeKey;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decisions against a new model. A run that was started by hand fails with the decision. A scheduled run completes with
 * it, because a failure would pause the schedule and end all retraining.
 */
final class RunRefusals {
    private static final Set<String> VERDICTS =
            Set.of(FailureType.GATE_FAILED.type(), FailureType.CANARY_FAILED.type());

    /** The server sets it on every workflow that a schedule starts. */
    private static final SearchAttributeKey<String> SCHEDULED_BY =
            SearchAttributeKey.forKeyword("TemporalScheduledById");

    /** In older histories a scheduled run failed. */
    private static final String CHANGE = "verdicts-are-results";

    private RunRefusals() {}

    /** Whether the run completes with this decision; false for every other failure. */
    static boolean results(PipelineRequest request, TemporalFailure failure) {
        ApplicationFailure root = FailureCauses.root(failure);
        return root != null
                && VERDICTS.contains(root.getType())
                && !FailureCauses.cancelled(failure)
                && scheduled(request.retraining())
                && Workflow.getVersion(CHANGE, Workflow.DEFAULT_VERSION, 1) == 1;
    }

    /** The decision in such a failure. */
    static PipelineReport.Refusal of(TemporalFailure failure) {
        ApplicationFailure root = Objects.requireNonNull(FailureCauses.root(failure));
        return new PipelineReport.Refusal(root.getType(), root.getOriginalMessage());
    }

    private static boolean scheduled(@Nullable Retraining retraining) {
        return (retraining != null && retraining.trigger() == Trigger.SCHEDULE)
                || Workflow.getTypedSearchAttributes().containsKey(SCHEDULED_BY);
    }
}
