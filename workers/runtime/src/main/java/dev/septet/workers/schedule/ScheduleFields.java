package dev.septet.workers.schedule;

import dev.septet.dsl.pipeline.SpecJson;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleAction;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.SchedulePolicy;
import io.temporal.client.schedules.ScheduleSpec;
import io.temporal.common.converter.DataConverterException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes the fields of a schedule as text. Equal texts mean equal settings. */
final class ScheduleFields {
    private static final int HOUR = 3600;
    private static final int DAY = 24 * HOUR;

    private ScheduleFields() {}

    /** The fields that a pipeline file can set. */
    static Map<String, String> of(Schedule schedule) {
        Map<String, String> fields = new LinkedHashMap<>();
        ScheduleSpec spec = schedule.getSpec();
        fields.put("starts", starts(spec));
        if (!spec.getCalendars().isEmpty()) {
            String zone = spec.getTimeZoneName();
            fields.put("timezone", zone == null || zone.isEmpty() ? "UTC" : zone);
        }
        SchedulePolicy policy = Objects.requireNonNull(schedule.getPolicy());
        fields.put(
                "overlap",
                policy.getOverlap()
                        .name()
                        .replace("SCHEDULE_OVERLAP_POLICY_", "")
                        .toLowerCase(Locale.ROOT));
        fields.put("jitter", time(spec.getJitter()));
        fields.put("catchup", time(policy.getCatchupWindow()));
        fields.put("pauseOnFailure", Boolean.toString(policy.isPauseOnFailure()));
        fields.putAll(action(schedule.getAction()));
        return fields;
    }

    /** The fields that differ. */
    static List<ScheduleChange.Field> between(Map<String, String> now, Map<String, String> then) {
        TreeSet<String> lost = new TreeSet<>(now.keySet());
        List<ScheduleChange.Field> changed = new ArrayList<>();
        then.forEach((name, value) -> {
            lost.remove(name);
            if (!value.equals(now.get(name))) {
                changed.add(new ScheduleChange.Field(name, now.get(name), value));
            }
        });
        lost.forEach(name -> changed.add(new ScheduleChange.Field(name, now.get(name), null)));
        return changed;
    }

    private static String starts(ScheduleSpec spec) {
        List<String> starts = new ArrayList<>();
        spec.getCalendars().forEach(calendar -> starts.add(CalendarText.of(calendar)));
        spec.getIntervals()
                .forEach(interval -> starts.add("every "
                        + time(interval.getEvery())
                        + (none(interval.getOffset()) ? "" : ", offset " + time(interval.getOffset()))));
        return String.join("; ", starts);
    }

    private static Map<String, String> action(ScheduleAction action) {
        if (!(action instanceof ScheduleActionStartWorkflow start)) {
            return Map.of("workflow", "another action");
        }
        WorkflowOptions options = start.getOptions();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("workflow", start.getWorkflowType());
        fields.put("workflow id", String.valueOf(options.getWorkflowId()));
        fields.put("task queue", String.valueOf(options.getTaskQueue()));
        fields.put("input", input(start));
        return fields;
    }

    private static String input(ScheduleActionStartWorkflow start) {
        try {
            return SpecJson.mapper()
                    .valueToTree(start.getArguments().get(0, Object.class))
                    .toString();
        } catch (DataConverterException | IllegalArgumentException odd) {
            return "not JSON";
        }
    }

    private static boolean none(@Nullable Duration duration) {
        return duration == null || duration.isZero();
    }

    /**
     * A duration in the largest unit that divides it, such as {@code 7d}, {@code 6h} or {@code
     * 90s}.
     */
    static String time(@Nullable Duration duration) {
        if (duration == null || duration.isZero()) {
            return "none";
        }
        long seconds = duration.toSeconds();
        if (duration.toMillis() % 1000 != 0) {
            return duration.toMillis() + "ms";
        }
        return seconds % DAY == 0
                ? seconds / DAY + "d"
                : seconds % HOUR == 0 ? seconds / HOUR + "h" : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
