package dev.septet.workflows.monitor;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

/**
 * Answer of the monitor's query {@code status}.
 *
 * @param alarm whether drift counts as real
 * @param retraining id of the run that drift started last, null when there was none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MonitorStatus(
        int windows, @Nullable Observation last, DriftAlarm alarm, @Nullable String retraining) {}
