package dev.septet.workers.cli;

import dev.septet.workers.local.Connection;

import io.grpc.StatusRuntimeException;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;

import java.util.List;

/** Pipeline runs as the server lists them. */
final class OpenRuns {
    private static final int MOST = 50;

    private OpenRuns() {}

    /** Ids of the runs that are going on; none where the server keeps no list. */
    static List<String> ids(Connection connection) {
        try {
            return list(connection, "WorkflowType = 'Pipeline' AND ExecutionStatus = 'Running'")
                    .stream()
                    .map(run -> run.getExecution().getWorkflowId())
                    .toList();
        } catch (StatusRuntimeException noList) {
            return List.of();
        }
    }

    /** The newest runs, going on or ended. */
    static List<WorkflowExecutionInfo> newest(Connection connection) {
        return list(connection, "WorkflowType = 'Pipeline'");
    }

    private static List<WorkflowExecutionInfo> list(Connection connection, String query) {
        return connection
                .stubs()
                .blockingStub()
                .listWorkflowExecutions(
                        ListWorkflowExecutionsRequest.newBuilder()
                                .setNamespace(connection.server().namespace())
                                .setPageSize(MOST)
                                .setQuery(query)
                                .build())
                .getExecutionsList();
    }
}
