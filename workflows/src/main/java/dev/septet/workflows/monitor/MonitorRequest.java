package dev.septet.workflows.monitor;

import com.fasterxml.jackson.annotation.JsonInclude;

import dev.septet.dsl.spec.MonitorSpec;
import dev.septet.dsl.spec.SetupSpec;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;

import org.jspecify.annotations.Nullable;

/**
 * Input of stage 7, and all that continue-as-new carries on.
 *
 * @param pipeline the request that made the deployed model; drift starts it again
 * @param windows looks taken so far
 * @param cursor where in the audit log the next look begins, in bytes
 * @param lastRetrainMillis workflow time of the last retraining start, null when there was none
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
        @Nullable Long lastRetrainMillis) {
    /** The same watch, some looks later. */
    public MonitorRequest later(int windows, long cursor, @Nullable Long lastRetrainMillis) {
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
                lastRetrainMillis);
    }
}
