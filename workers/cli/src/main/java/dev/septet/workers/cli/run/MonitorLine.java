package dev.septet.workers.cli.run;

import dev.septet.workers.local.Connection;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.StageStatus.State;
import dev.septet.workflows.monitor.FailedChecks;
import dev.septet.workflows.monitor.MonitorStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of the monitor that a run has started. The run itself only knows that it started the
 * monitor.
 */
final class MonitorLine {
    private MonitorLine() {}

    /** The same status with the monitor's current state and failures; null stays null. */
    static @Nullable PipelineStatus in(Connection connection, @Nullable PipelineStatus run) {
        if (run == null) {
            return null;
        }
        List<StageStatus> stages = new ArrayList<>(run.stages());
        stages.replaceAll(stage -> stage.stage() == Stage.MONITOR
                        && stage.state() == State.RUNNING
                        && !stage.workflowId().isEmpty()
                ? now(connection, stage)
                : stage);
        return new PipelineStatus(run.pipeline(), run.runId(), run.specDigest(), stages, run.waiting());
    }

    private static StageStatus now(Connection connection, StageStatus started) {
        try {
            WorkflowExecutionStatus state = state(connection, started.workflowId());
            if (state != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
                    && state != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW) {
                return with(
                        started,
                        State.FAILED,
                        "%s is %s: no monitor checks the model until the pipeline's next run"
                                .formatted(started.workflowId(), StateWords.of(state)));
            }
            MonitorStatus status = connection
                    .client()
                    .newUntypedWorkflowStub(started.workflowId())
                    .query("status", MonitorStatus.class);
            FailedChecks failing = status.failing();
            String waits = status.waits();
            if (waits != null) {
                return with(started, State.RUNNING, "a check waits: " + waits);
            }
            return failing == null ? started : with(started, State.RUNNING, failing.sentence());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return started; // its history is older than the server's retention period
            }
            throw e;
        } catch (WorkflowException noWorker) {
            return started;
        }
    }

    private static StageStatus with(StageStatus stage, State state, String detail) {
        return new StageStatus(stage.stage(), state, detail, stage.workflowId());
    }

    private static WorkflowExecutionStatus state(Connection connection, String workflowId) {
        return connection
                .stubs()
                .blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(connection.server().namespace())
                        .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                        .build())
                .getWorkflowExecutionInfo()
                .getStatus();
    }
}
