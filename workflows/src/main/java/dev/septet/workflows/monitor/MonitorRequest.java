package dev.septet.workflows.monitor;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.retrain.RetrainHistory;
import dev.septet.workflows.retrain.RunQueue;
import dev.septet.workflows.retrain.Start;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Input of stage 7, and the state that continue-as-new passes on.
 *
 * @param pipeline the request that made the deployed model; drift starts it again
 * @param windows the number of checks so far
 * @param cursor where in the audit log the next check begins, in bytes
 * @param starts the starts of the pipeline's runs that this monitor knows, the first included
 * @param turns the runs that have not ended
 * @param begun start of the run that made this model
 * @param alarm the state of the alarm after the checks so far
 * @param notifications the notification rules for drift
 * @param failing the consecutive failed checks up to now, null = none
 * @param window the part of the log that the pipeline's host has read for this check, null = the check reads the log
 *     itself
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
        RetrainHistory starts,
        RunQueue turns,
        @Nullable Start begun,
        DriftAlarm alarm,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<NotifySpec> notifications,
        @Nullable FailedChecks failing,
        @Nullable LogWindow window)
        implements RunScoped {
    public MonitorRequest {
        starts = starts == null ? RetrainHistory.NONE : starts;
        turns = turns == null ? RunQueue.NONE : turns;
        notifications = notifications == null ? List.of() : List.copyOf(notifications);
        alarm = alarm == null ? DriftAlarm.QUIET : alarm; // absent in requests of older histories
    }

    /** A monitor without failed checks. */
    public MonitorRequest(
            RunRef run,
            MonitorSpec spec,
            SetupSpec setup,
            DatasetRef dataset,
            ModelRef model,
            CheckpointRef checkpoint,
            PipelineRequest pipeline,
            int windows,
            long cursor,
            RetrainHistory starts,
            RunQueue turns,
            @Nullable Start begun,
            DriftAlarm alarm,
            List<NotifySpec> notifications) {
        this(
                run,
                spec,
                setup,
                dataset,
                model,
                checkpoint,
                pipeline,
                windows,
                cursor,
                starts,
                turns,
                begun,
                alarm,
                notifications,
                null,
                null);
    }

    /** The same monitor, for a check of what the pipeline's host has read. */
    MonitorRequest withWindow(LogWindow window) {
        return with(windows, cursor, starts, turns, alarm, failing, window);
    }

    /** The same monitor with these starts. */
    public MonitorRequest withHistory(RetrainHistory starts) {
        return afterChecks(windows, cursor, starts, alarm);
    }

    /** The same monitor with these runs in progress. */
    public MonitorRequest withRuns(RunQueue turns) {
        return with(windows, cursor, starts, turns, alarm, failing, null);
    }

    /** The same monitor after some checks. */
    public MonitorRequest afterChecks(int windows, long cursor, RetrainHistory starts, DriftAlarm alarm) {
        return with(windows, cursor, starts, turns, alarm, failing, null);
    }

    /** The same monitor with failed checks; null = the checks work again. */
    public MonitorRequest withFailedChecks(@Nullable FailedChecks failing) {
        return with(windows, cursor, starts, turns, alarm, failing, null);
    }

    private MonitorRequest with(
            int windows,
            long cursor,
            RetrainHistory starts,
            RunQueue turns,
            DriftAlarm alarm,
            @Nullable FailedChecks failing,
            @Nullable LogWindow window) {
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
                starts,
                turns,
                begun,
                alarm,
                notifications,
                failing,
                window);
    }

    @Override
    public List<Object> specs() {
        List<Object> specs = new ArrayList<>(notifications);
        specs.add(spec);
        specs.add(setup);
        return specs;
    }
}
