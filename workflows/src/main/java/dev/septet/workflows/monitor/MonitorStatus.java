package dev.septet.workflows.monitor;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.retrain.RetrainHistory;
import org.jspecify.annotations.Nullable;

/**
 * Result of the monitor's query {@code status}.
 *
 * @param alarm whether drift is confirmed
 * @param retraining id of the run that drift or feedback started last, null when there was none
 * @param held why the last check started no run although there was a cause; empty otherwise
 * @param starts when the pipeline's runs began, whatever started them
 * @param failing the consecutive failed checks up to now, null = none
 * @param waits what the current check waits for, null = nothing
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
