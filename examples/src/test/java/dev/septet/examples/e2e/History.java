package dev.septet.examples.e2e;

import dev.septet.workflows.payload.SeptetDataConverter;
import io.temporal.api.history.v1.HistoryEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the server has written down of a workflow so far. */
record History(List<HistoryEvent> events) {
    /** Of a workflow's newest execution. */
    static History of(DevStack stack, String workflowId) {
        return new History(stack.client().fetchHistory(workflowId).getEvents());
    }

    /** Whether the start of a child of this id was asked for. */
    boolean asksFor(String childId) {
        return events.stream()
                .filter(HistoryEvent::hasStartChildWorkflowExecutionInitiatedEventAttributes)
                .map(HistoryEvent::getStartChildWorkflowExecutionInitiatedEventAttributes)
                .anyMatch(asked -> asked.getWorkflowId().equals(childId));
    }

    /** How many children of this type have ended well. */
    long completed(String childType) {
        return events.stream()
                .filter(HistoryEvent::hasChildWorkflowExecutionCompletedEventAttributes)
                .map(HistoryEvent::getChildWorkflowExecutionCompletedEventAttributes)
                .filter(done -> done.getWorkflowType().getName().equals(childType))
                .count();
    }

    /** What the activities of a type have answered, in order. */
    <T> List<T> results(String activityType, Class<T> as) {
        Map<Long, String> types = new HashMap<>();
        List<T> results = new ArrayList<>();
        for (HistoryEvent event : events) {
            if (event.hasActivityTaskScheduledEventAttributes()) {
                types.put(
                        event.getEventId(),
                        event.getActivityTaskScheduledEventAttributes()
                                .getActivityType()
                                .getName());
            }
            if (!event.hasActivityTaskCompletedEventAttributes()) {
                continue;
            }
            var done = event.getActivityTaskCompletedEventAttributes();
            if (activityType.equals(types.get(done.getScheduledEventId()))) {
                results.add(SeptetDataConverter.create().fromPayloads(0, Optional.of(done.getResult()), as, as));
            }
        }
        return results;
    }
}
