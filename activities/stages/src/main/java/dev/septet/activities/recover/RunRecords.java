package dev.septet.activities.recover;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import dev.septet.activities.result.DamagedRecord;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.dsl.pipeline.ScheduleSpec;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.monitor.MonitorRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's records of runs, monitors and schedules, from which they can be started on an empty Temporal server.
 *
 * <pre>
 * runs/RUN                what started a run, written when it read its pipeline file
 * monitors/PIPELINE       the state of a monitor at its last check
 * schedules/PIPELINE      a schedule that `septet apply` made
 * </pre>
 *
 * Nothing depends on them while the server has its database. So a record that cannot be written is logged, and never fails a run.
 *
 * @param store the store
 */
public record RunRecords(ArtifactStore store) {
    private static final Logger LOG = LoggerFactory.getLogger(RunRecords.class);
    private static final String RUNS = "runs/";
    private static final String MONITORS = "monitors/";
    private static final String SCHEDULES = "schedules/";

    /**
     * What started a run.
     *
     * @param workflowId its workflow id
     * @param folder folder of its pipeline file
     * @param startedMillis server's time
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Run(
            String workflowId,
            String runId,
            String pipeline,
            String folder,
            String specDigest,
            PipelineRequest request,
            long startedMillis) {}

    /**
     * A monitor.
     *
     * @param workflowId its workflow id
     * @param request its state before its last check
     */
    public record Monitor(String workflowId, MonitorRequest request) {}

    /**
     * A schedule.
     *
     * @param spec null = it was removed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Scheduled(String pipeline, @Nullable ScheduleSpec spec, Map<String, Object> params) {
        public Scheduled {
            params = new TreeMap<>(params == null ? Map.of() : params); // lenient reader
        }
    }

    /** Records a run. */
    public void began(Run run, FencingToken token) {
        write(RUNS + run.runId(), run, new Fence(run.runId() + "/begin", token));
    }

    /** Records a monitor that is going to check. */
    public void watches(Monitor monitor, FencingToken token) {
        MonitorRequest request = monitor.request();
        write(
                MONITORS + request.run().pipeline(),
                monitor,
                new Fence(request.run().runId() + "/monitor", token));
    }

    /**
     * Records a schedule.
     *
     * @param millis present time
     */
    public void scheduled(Scheduled schedule, long millis) {
        write(
                SCHEDULES + schedule.pipeline(),
                schedule,
                new Fence("schedule/" + schedule.pipeline(), new FencingToken(millis, 1)));
    }

    private void write(String name, Object value, Fence fence) {
        try {
            String text = SpecJson.mapper().writeValueAsString(value);
            Optional<String> present = present(name);
            if (!present.equals(Optional.of(text))) {
                store.putRecord(name, text, fence);
            }
        } catch (IOException | RuntimeException problem) {
            LOG.warn(
                    "{} cannot be written, so a lost Temporal database could not be replaced from it: {}",
                    name,
                    problem.toString());
        }
    }

    private Optional<String> present(String name) throws IOException {
        try {
            return store.record(name);
        } catch (CorruptArtifactException damaged) {
            return Optional.empty();
        }
    }

    /**
     * All recorded runs, by run id.
     *
     * @param damaged receives the records that cannot be read
     */
    public List<Run> runs(Consumer<DamagedRecord> damaged) throws IOException {
        return all(
                RUNS,
                Run.class,
                run -> Stream.of(run.workflowId(), run.runId(), run.pipeline(), run.request()),
                damaged);
    }

    /**
     * All recorded monitors, by pipeline.
     *
     * @param damaged receives the records that cannot be read
     */
    public List<Monitor> monitors(Consumer<DamagedRecord> damaged) throws IOException {
        return all(MONITORS, Monitor.class, monitor -> Stream.of(monitor.workflowId(), monitor.request()), damaged);
    }

    /**
     * All schedules that were not removed, by pipeline.
     *
     * @param damaged receives the records that cannot be read
     */
    public List<Scheduled> schedules(Consumer<DamagedRecord> damaged) throws IOException {
        return all(SCHEDULES, Scheduled.class, schedule -> Stream.of(schedule.pipeline()), damaged).stream()
                .filter(schedule -> schedule.spec() != null)
                .toList();
    }

    private <T> List<T> all(
            String prefix, Class<T> type, Function<T, Stream<?>> required, Consumer<DamagedRecord> damaged)
            throws IOException {
        List<T> all = new ArrayList<>();
        for (String name : store.records(prefix)) {
            try {
                Optional<String> text = store.record(name);
                if (text.isPresent()) {
                    all.add(parsed(text.get(), type, required));
                }
            } catch (JsonProcessingException | CorruptArtifactException unreadable) {
                damaged.accept(DamagedRecord.of(name, unreadable));
            }
        }
        return all;
    }

    private static <T> T parsed(String text, Class<T> type, Function<T, Stream<?>> required)
            throws JsonProcessingException {
        @Nullable T value = SpecJson.mapper().readValue(text, type);
        if (value == null || required.apply(value).anyMatch(Objects::isNull)) {
            throw new JsonMappingException(null, "a property is missing");
        }
        return value;
    }
}
