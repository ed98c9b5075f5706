package dev.septet.workflows.monitor;

import com.fasterxml.jackson.annotation.JsonInclude;

import dev.septet.dsl.spec.MonitorSpec;
import dev.septet.dsl.spec.NotifySpec;
import dev.septet.dsl.spec.SetupSpec;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Input of stage 7, and all that continue-as-new carries on.
 *
 * @param pipeline the request that made the deployed model; drift starts it again
 * @param windows looks taken so far
 * @param cursor where in the audit log the next look begins, in bytes
 * @param lastRetrainMillis workflow time of the last retraining start, null when there was none
 * @param alarm what the looks so far add up to
 * @param notifications who is told of drift
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MonitorRequest(
        RunRef run,
        MonitorSpec spec,
        SetupSpec setup,
        DatasetRef dataset,
        ModelRef model,
        CheckpointRef checkpoint,
        PipelineRequest pipeline,
        int windows,
        long cursor,
        @Nullable Long lastRetrainMillis,
        DriftAlarm alarm,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<NotifySpec> notifications) {
    public MonitorRequest {
        notifications = notifications == null ? List.of() : List.copyOf(notifications);
        alarm = alarm == null ? DriftAlarm.QUIET : alarm; // requests in older histories know none
    }

    /** The same watch, some looks later. */
    public MonitorRequest later(
            int windows, long cursor, @Nullable Long lastRetrainMillis, DriftAlarm alarm) {
        return new MonitorRequest(
                run,
                spec,
                setup,
                dataset,
                model,
                checkpoint,
                pipeline,
                windows,
                cursor,
                lastRetrainMillis,
                alarm,
                notifications);
    }
}
