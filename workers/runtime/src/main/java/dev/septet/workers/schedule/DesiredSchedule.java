package dev.septet.workers.schedule;

import dev.septet.dsl.pipeline.ScheduleSpec;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * When one pipeline should start by itself.
 *
 * @param pipeline its name, which is also the schedule's id
 * @param spec null when its file has no {@code schedule}
 * @param params values that every start is given
 */
public record DesiredSchedule(String pipeline, @Nullable ScheduleSpec spec, Map<String, Object> params) {
    public DesiredSchedule {
        params = java.util.Collections.unmodifiableMap(new TreeMap<>(params));
    }
}
