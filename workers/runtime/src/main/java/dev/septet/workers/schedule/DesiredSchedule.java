package dev.septet.workers.schedule;

import dev.septet.dsl.pipeline.ScheduleSpec;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The schedule that a pipeline file declares for one pipeline.
 *
 * @param pipeline the pipeline's name, which is also the schedule's id
 * @param spec the declared schedule; null when the file has no {@code schedule}
 * @param params parameters of every scheduled run
 */
public record DesiredSchedule(String pipeline, @Nullable ScheduleSpec spec, Map<String, Object> params) {
    public DesiredSchedule {
        params = java.util.Collections.unmodifiableMap(new TreeMap<>(params));
    }
}
