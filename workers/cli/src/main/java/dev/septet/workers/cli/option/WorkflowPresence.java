package dev.septet.workers.cli.option;

import dev.septet.workers.local.Connection;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import org.jspecify.annotations.Nullable;

/** What the Temporal server knows of a workflow id. */
public enum WorkflowPresence {
    OPEN,
    /** Its newest execution has ended. */
    ENDED,
    /** The server has no such workflow: it never started, or its history was lost or removed. */
    ABSENT,
    /** No server answers. */
    UNKNOWN;

    /**
     * Asks the server.
     *
     * @param connection null = no server answers
     * @throws StatusRuntimeException when the server refuses
     */
    public static WorkflowPresence of(@Nullable Connection connection, String workflowId) {
        if (connection == null) {
            return UNKNOWN;
        }
        try {
            WorkflowExecutionStatus status = connection
                    .stubs()
                    .blockingStub()
                    .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                            .setNamespace(connection.server().namespace())
                            .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                            .build())
                    .getWorkflowExecutionInfo()
                    .getStatus();
            return status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING ? OPEN : ENDED;
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return ABSENT;
            }
            throw e;
        }
    }
}
