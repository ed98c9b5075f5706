package dev.septet.workers.schedule;

import dev.septet.dsl.pipeline.CronRange;
import dev.septet.dsl.pipeline.ScheduleSpec;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.retrain.Retraining;
import dev.septet.workflows.retrain.Trigger;
import io.temporal.api.enums.v1.ScheduleOverlapPolicy;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleCalendarSpec;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.SchedulePolicy;
import io.temporal.client.schedules.ScheduleRange;
import io.temporal.client.schedules.ScheduleState;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Converts a pipeline file's schedule to a Temporal schedule. */
final class ScheduleForm {
    /** Retraining by schedule: it uses all rows that are reviewed when its prepare stage runs. */
    private static final Retraining BY_SCHEDULE = new Retraining(Trigger.SCHEDULE, "by its schedule", null, null, -1);

    private static final String NOTE = "made by `septet apply`; its times are in the pipeline file";

    private ScheduleForm() {}

    /**
     * The Temporal schedule for a declared schedule.
     *
     * @param now the existing schedule, null when it is new; settings that the file cannot have
     *     stay, such as the pause, the note, and the first and last day
     */
    static Schedule of(DesiredSchedule desired, @Nullable Schedule now) {
        ScheduleSpec spec = Objects.requireNonNull(desired.spec(), "only a desired schedule has a form");
        return Schedule.newBuilder()
                .setAction(action(desired))
                .setSpec(times(spec, now))
                .setPolicy(SchedulePolicy.newBuilder()
                        .setOverlap(overlap(spec.overlap()))
                        .setCatchupWindow(spec.catchup())
                        .setPauseOnFailure(spec.pauseOnFailure())
                        .build())
                .setState(now == null ? ScheduleState.newBuilder().setNote(NOTE).build() : now.getState())
                .build();
    }

    /**
     * The action has a summary and details. With only one of them, the SDK (1.38.0) cannot describe
     * the schedule.
     */
    private static ScheduleActionStartWorkflow action(DesiredSchedule desired) {
        return ScheduleActionStartWorkflow.newBuilder()
                .setWorkflowType("Pipeline")
                .setArguments(
                        new PipelineRequest(desired.pipeline(), desired.params(), null, null).retraining(BY_SCHEDULE))
                .setOptions(WorkflowOptions.newBuilder()
                        .setWorkflowId(desired.pipeline())
                        .setTaskQueue(TaskQueues.LIGHT)
                        .setStaticSummary("pipeline " + desired.pipeline())
                        .setStaticDetails(
                                "Started by the schedule of the pipeline file. The memo has the verdict, the scores"
                                        + " and the published version when they exist.")
                        .build())
                .build();
    }

    private static io.temporal.client.schedules.ScheduleSpec times(ScheduleSpec spec, @Nullable Schedule now) {
        var times = now == null
                ? io.temporal.client.schedules.ScheduleSpec.newBuilder()
                : io.temporal.client.schedules.ScheduleSpec.newBuilder(now.getSpec());
        times.setCronExpressions(List.of()).setJitter(spec.jitter());
        if (spec.every() != null) {
            return times.setIntervals(List.of(new ScheduleIntervalSpec(spec.every())))
                    .setCalendars(List.of())
                    .setTimeZoneName("")
                    .build();
        }
        List<List<CronRange>> fields = spec.calendar();
        return times.setCalendars(List.of(ScheduleCalendarSpec.newBuilder()
                        .setMinutes(ranges(fields.get(0)))
                        .setHour(ranges(fields.get(1)))
                        .setDayOfMonth(ranges(fields.get(2)))
                        .setMonth(ranges(fields.get(3)))
                        .setDayOfWeek(ranges(fields.get(4)))
                        .setComment(spec.cron())
                        .build()))
                .setIntervals(List.of())
                .setTimeZoneName(spec.timezone())
                .build();
    }

    private static List<ScheduleRange> ranges(List<CronRange> field) {
        return field.stream()
                .map(range -> new ScheduleRange(range.first(), range.last(), range.step()))
                .toList();
    }

    private static ScheduleOverlapPolicy overlap(ScheduleSpec.Overlap overlap) {
        return ScheduleOverlapPolicy.valueOf("SCHEDULE_OVERLAP_POLICY_" + overlap.name());
    }
}
