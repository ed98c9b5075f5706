package dev.septet.examples.benchmarks.checks;

import dev.septet.examples.benchmarks.Median;
import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerFile;
import dev.septet.workflows.PipelineRequest;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.ActivityTaskStartedEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures how long activities wait for a worker when several pipelines start one run each at the
 * same time and share one device. The waits, from schedule to start, come from the workflow
 * histories.
 */
public final class FinishWaits {
    private static final double MILLIS = 1000.0;
    private static final List<String> KINDS = List.of("Train", "Evaluate", "Export", "Publish", "Promote");

    private final Connection connection;

    private FinishWaits(Connection connection) {
        this.connection = connection;
    }

    /**
     * An activity that has ended.
     *
     * @param scheduled time of scheduling, in ms since 1970, like the other times
     */
    private record Work(String kind, long scheduled, long started, long ended) {}

    /**
     * Usage: {@code FinishWaits STATE_FOLDER LABEL PIPELINE...}, while a server and its workers
     * serve these pipelines. Prints table rows with the label in the first cell.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path state = Path.of(arguments[0]);
        try (Connection connection = Connection.open(
                new ServerFile(state.resolve("server.json")).read().orElseThrow())) {
            new FinishWaits(connection).measure(arguments[1], List.of(arguments).subList(2, arguments.length));
        }
    }

    private void measure(String label, List<String> pipelines) throws InterruptedException {
        StartedRuns runs = new StartedRuns(connection);
        runs.awaitWorkers();
        long from = System.currentTimeMillis();
        List<WorkflowStub> all = new ArrayList<>();
        for (String pipeline : pipelines) {
            all.add(runs.begin(pipeline, PipelineRequest.named(pipeline)));
        }
        all.forEach(run -> run.getResult(Void.class));
        long to = System.currentTimeMillis();

        Map<String, List<Double>> waits = new TreeMap<>();
        List<Double> trainings = new ArrayList<>();
        List<Double> finished = new ArrayList<>();
        List<Double> published = new ArrayList<>();
        for (WorkflowStub run : all) {
            Map<String, Work> work = work(run.getExecution());
            for (String kind : KINDS) {
                Work one = work.get(kind);
                if (one == null) {
                    throw new IllegalStateException("run %s has no activity %s"
                            .formatted(run.getExecution().getWorkflowId(), kind));
                }
                waits.computeIfAbsent(kind, key -> new ArrayList<>()).add((one.started() - one.scheduled()) / MILLIS);
            }
            Work train = work.getOrDefault("Train", new Work("", 0, 0, 0));
            Work promote = work.getOrDefault("Promote", train);
            trainings.add((train.ended() - train.started()) / MILLIS);
            finished.add((promote.ended() - train.ended()) / MILLIS);
            published.add((promote.ended() - from) / MILLIS);
        }
        System.err.printf("%s: %d runs in %.0f s%n", label, pipelines.size(), (to - from) / MILLIS);
        print(label, "one training, from start to end", trainings);
        for (String kind : KINDS) {
            print(label, kind + ", from schedule to start", waits.getOrDefault(kind, List.of()));
        }
        print(label, "from the end of the training to the publication", finished);
        print(label, "from the start of all runs to the publication", published);
    }

    /** The run's activities by kind, from its stages' histories. */
    private Map<String, Work> work(WorkflowExecution run) {
        Map<String, Work> work = new HashMap<>();
        for (HistoryEvent event : events(run)) {
            if (event.getEventType() == EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED) {
                collect(
                        events(event.getChildWorkflowExecutionStartedEventAttributes()
                                .getWorkflowExecution()),
                        work);
            }
        }
        return work;
    }

    private List<HistoryEvent> events(WorkflowExecution of) {
        return connection
                .client()
                .fetchHistory(of.getWorkflowId(), of.getRunId())
                .getEvents();
    }

    private static void collect(List<HistoryEvent> events, Map<String, Work> into) {
        for (HistoryEvent event : events) {
            if (event.getEventType() != EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) {
                continue;
            }
            var completed = event.getActivityTaskCompletedEventAttributes();
            HistoryEvent scheduled = events.get((int) completed.getScheduledEventId() - 1);
            HistoryEvent started = events.get((int) completed.getStartedEventId() - 1);
            ActivityTaskStartedEventAttributes start = started.getActivityTaskStartedEventAttributes();
            String kind = scheduled
                    .getActivityTaskScheduledEventAttributes()
                    .getActivityType()
                    .getName();
            if (start.getAttempt() > 1) {
                throw new IllegalStateException(String.format(
                        Locale.ROOT, "%s was attempted %d times: its wait is unknown", kind, start.getAttempt()));
            }
            into.put(
                    kind,
                    new Work(
                            kind,
                            StartedRuns.millis(scheduled.getEventTime()),
                            StartedRuns.millis(started.getEventTime()),
                            StartedRuns.millis(event.getEventTime())));
        }
    }

    private static void print(String label, String what, List<Double> seconds) {
        System.out.printf(
                "| %s | %s | %d | %.1f | %.1f | %.1f |%n",
                what,
                label,
                seconds.size(),
                seconds.stream().mapToDouble(Double::doubleValue).min().orElse(0),
                Median.of(seconds),
                seconds.stream().mapToDouble(Double::doubleValue).max().orElse(0));
    }
}
