package dev.septet.examples.benchmarks.checks;

import dev.septet.examples.benchmarks.Median;
import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerFile;
import dev.septet.workflows.PipelineRequest;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures the intervals of monitor checks while several runs train on one device. Two pipelines
 * have a monitor with a check every 10 s. The checks of one pipeline run the model, so they wait
 * for the device; only Temporal's priority orders them. The times between the ends of checks come
 * from the workflow histories.
 */
public final class CheckIntervals {
    private static final double MILLIS = 1000.0;
    private static final double PERIOD_SECONDS = 10;

    private final Connection connection;
    private final StartedRuns runs;

    private CheckIntervals(Connection connection) {
        this.connection = connection;
        this.runs = new StartedRuns(connection);
    }

    /**
     * Usage: {@code CheckIntervals STATE_FOLDER RUNS}. A server and workers must be running and serve
     * the pipelines {@code counting}, {@code reading} and {@code busy}.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path state = Path.of(arguments[0]);
        int runs = Integer.parseInt(arguments[1]);
        try (Connection connection = Connection.open(
                new ServerFile(state.resolve("server.json")).read().orElseThrow())) {
            new CheckIntervals(connection).measure(runs);
        }
    }

    private void measure(int number) throws InterruptedException {
        runs.awaitWorkers();
        for (String watched : List.of("reading", "counting")) {
            runs.begin(watched, PipelineRequest.named(watched)).getResult(Void.class);
        }
        long from = System.currentTimeMillis();
        List<WorkflowStub> busy = new ArrayList<>();
        for (int run = 1; run <= number; run++) {
            Map<String, Object> other = Map.of("seed", run); // else all runs would reuse one result
            busy.add(runs.begin("busy-" + run, new PipelineRequest("busy", other, null, null)));
        }
        busy.forEach(run -> run.getResult(Void.class));
        long to = System.currentTimeMillis();
        System.out.printf(
                "%d runs in %.0f s%n%n| checks | intervals | min s | median s | max s |%n| --- |"
                        + " --- | --- | --- | --- |%n",
                number, (to - from) / MILLIS);
        print("wait for the device, by priority only", intervals("reading", from, to));
        print("wait for no device", intervals("counting", from, to));
    }

    /**
     * The intervals between the ends of checks, in s. The first interval begins with the last check
     * before the runs. The interval that is open at the end of the runs counts up to that end, if it
     * is longer than the period.
     */
    private List<Double> intervals(String pipeline, long from, long to) {
        List<Double> intervals = new ArrayList<>();
        long last = 0;
        for (HistoryEvent event :
                connection.client().fetchHistory(pipeline + "/monitor").getEvents()) {
            if (event.getEventType() != EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) {
                continue;
            }
            long at = StartedRuns.millis(event.getEventTime());
            if (last > 0 && at > from && at <= to) {
                intervals.add((at - last) / MILLIS);
            }
            if (at <= to) {
                last = at;
            }
        }
        double rest = (to - last) / MILLIS;
        if (last > 0 && rest > PERIOD_SECONDS) {
            intervals.add(rest);
        }
        return intervals;
    }

    private static void print(String checks, List<Double> intervals) {
        System.out.printf(
                "| %s | %d | %.1f | %.1f | %.1f |%n",
                checks,
                intervals.size(),
                intervals.stream().mapToDouble(Double::doubleValue).min().orElse(0),
                Median.of(intervals),
                intervals.stream().mapToDouble(Double::doubleValue).max().orElse(0));
    }
}
