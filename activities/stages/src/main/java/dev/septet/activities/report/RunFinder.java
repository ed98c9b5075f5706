package dev.septet.activities.report;

import io.grpc.StatusRuntimeException;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.client.WorkflowClient;
import java.util.List;
import java.util.Optional;

/** Finds who started a run. The Temporal server records the identity that the client stated, and does not verify it. */
@FunctionalInterface
public interface RunFinder {
    /** The identity of the client that started a run; empty when it stated none, or when the server does not know it. */
    Optional<String> identity(String workflowId, String runId);

    /** Asks the server of the current activity. */
    static RunFinder ofServer() {
        return (workflowId, runId) -> {
            ActivityExecutionContext context = Activity.getExecutionContext();
            WorkflowClient client = context.getWorkflowClient();
            try {
                List<HistoryEvent> first = client.getWorkflowServiceStubs()
                        .blockingStub()
                        .getWorkflowExecutionHistory(GetWorkflowExecutionHistoryRequest.newBuilder()
                                .setNamespace(context.getInfo().getNamespace())
                                .setExecution(WorkflowExecution.newBuilder()
                                        .setWorkflowId(workflowId)
                                        .setRunId(runId))
                                .setMaximumPageSize(1)
                                .build())
                        .getHistory()
                        .getEventsList();
                return first.stream()
                        .filter(HistoryEvent::hasWorkflowExecutionStartedEventAttributes)
                        .map(event -> event.getWorkflowExecutionStartedEventAttributes()
                                .getIdentity())
                        .filter(identity -> !identity.isBlank())
                        .findFirst();
            } catch (StatusRuntimeException unavailable) {
                return Optional.empty();
            }
        };
    }
}
