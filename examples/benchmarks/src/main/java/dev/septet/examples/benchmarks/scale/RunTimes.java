package dev.septet.examples.benchmarks.scale;

import com.google.protobuf.Timestamp;
import dev.septet.workers.local.Connection;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the histories of a run and of its stages tell.
 *
 * @param firstActivity from the start of the run to the start of its first activity, in ms
 * @param overhead what a stage adds to the work of its activities, in ms: the mean of the run's stages
 * @param stages number of stages
 * @param events events of the run and of its stages
 * @param bytes bytes of these events
 * @param activities how long the activities of each type ran, in ms
 */
record RunTimes(
        double firstActivity, double overhead, int stages, int events, long bytes, Map<String, Double> activities) {
    /** Reads the histories of a run that has ended. */
    static RunTimes of(Connection connection, WorkflowExecution run) {
        List<HistoryEvent> own = events(connection, run);
        double began = millis(own.get(0).getEventTime());
        double first = Double.NaN;
        double stages = 0;
        double work = 0;
        int count = 0;
        int events = own.size();
        long bytes = bytes(own);
        Map<String, Double> activities = new TreeMap<>();
        work(own, activities);
        for (HistoryEvent event : own) {
            if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED && Double.isNaN(first)) {
                first = millis(event.getEventTime()) - began;
            }
            if (event.getEventType() != EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED) {
                continue;
            }
            var child = event.getChildWorkflowExecutionCompletedEventAttributes();
            // From the decision to begin the stage to the moment when the run knows its result.
            stages += millis(event.getEventTime())
                    - millis(own.get((int) child.getInitiatedEventId() - 1).getEventTime());
            List<HistoryEvent> inner = events(connection, child.getWorkflowExecution());
            work += work(inner, activities);
            events += inner.size();
            bytes += bytes(inner);
            count++;
        }
        return new RunTimes(first, count == 0 ? Double.NaN : (stages - work) / count, count, events, bytes, activities);
    }

    private static List<HistoryEvent> events(Connection connection, WorkflowExecution of) {
        return connection
                .client()
                .fetchHistory(of.getWorkflowId(), of.getRunId())
                .getEvents();
    }

    /** How long the activities ran, without their waits for a worker. */
    private static double work(List<HistoryEvent> events, Map<String, Double> activities) {
        double work = 0;
        for (HistoryEvent event : events) {
            if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) {
                var completed = event.getActivityTaskCompletedEventAttributes();
                HistoryEvent scheduled = events.get((int) completed.getScheduledEventId() - 1);
                HistoryEvent started = events.get((int) completed.getStartedEventId() - 1);
                double took = millis(event.getEventTime()) - millis(started.getEventTime());
                activities.merge(
                        scheduled
                                .getActivityTaskScheduledEventAttributes()
                                .getActivityType()
                                .getName(),
                        took,
                        Double::sum);
                work += took;
            }
        }
        return work;
    }

    private static long bytes(List<HistoryEvent> events) {
        return events.stream().mapToLong(HistoryEvent::getSerializedSize).sum();
    }

    private static double millis(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toEpochMilli();
    }
}
