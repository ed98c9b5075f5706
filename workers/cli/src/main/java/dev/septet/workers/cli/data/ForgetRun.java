package dev.septet.workers.cli.data;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.FailureCauses;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.forget.ErasureReport;
import dev.septet.workflows.forget.ForgetRequest;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts the workflow of an erasure, or finds the open one, and follows it. */
record ForgetRun(Connection connection, Terminal terminal) {
    private static final long POLL_SECONDS = 2;

    /**
     * Waits for the end. The workflow continues when this command is interrupted.
     *
     * @throws CliProblem RUN_FAILED with the reason when nothing was deleted
     */
    ErasureReport follow(String pipeline, String order, PipelineRequest request) {
        String id = ForgetRequest.workflowId(pipeline, order);
        WorkflowStub stub = connection
                .client()
                .newUntypedWorkflowStub(
                        "Forget",
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(TaskQueues.LIGHT)
                                .setWorkflowId(id)
                                .setWorkflowIdReusePolicy(
                                        WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
                                .setWorkflowIdConflictPolicy(
                                        WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                                .setStaticSummary("forget rows of " + pipeline)
                                .build());
        stub.start(new ForgetRequest(request, order));
        terminal.note("The workflow %s continues if you end this command; give the same command to follow it again."
                .formatted(id));
        String shown = "";
        while (true) {
            try {
                return stub.getResult(POLL_SECONDS, TimeUnit.SECONDS, ErasureReport.class);
            } catch (TimeoutException notYet) {
                String now = doing(stub);
                if (!now.isEmpty() && !now.equals(shown)) {
                    terminal.note(now);
                    shown = now;
                }
            } catch (WorkflowFailedException failed) {
                throw new CliProblem(ExitCode.RUN_FAILED, FailureCauses.message(failed));
            }
        }
    }

    /** What it does; empty when no worker answers. */
    private static String doing(WorkflowStub stub) {
        try {
            return String.valueOf(stub.query("doing", String.class));
        } catch (WorkflowException | StatusRuntimeException noWorker) {
            return "";
        }
    }
}
