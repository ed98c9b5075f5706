package dev.septet.workflows.monitor;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.retrain.RetrainHistory;
import org.jspecify.annotations.Nullable;

/**
 * Answer of the monitor's query {@code status}.
 *
 * @param alarm whether drift counts as real
 * @param retraining id of the run that drift or feedback started last, null when there was none
 * @param held why no run was started at the last look although there was a cause; empty otherwise
 * @param starts when the pipeline's runs began, whatever started them
 * @param failing the checks that failed since the last one that did not, null = none
 * @param waits what the look that is under way waits for, null = nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MonitorStatus(
        int windows,
        @Nullable Observation last,
        DriftAlarm alarm,
        @Nullable String retraining,
        String held,
        RetrainHistory starts,
        @Nullable FailedChecks failing,
        @Nullable String waits) {}
