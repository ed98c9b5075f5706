package dev.septet.workers.cli.run;

import com.google.protobuf.Timestamp;
import dev.septet.workers.deployment.RunVersion;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Progress;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.train.TrainStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflow.v1.PendingChildExecutionInfo;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowTargetOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run on the server: its state and its results. */
public final class RunHandle {
    private final Connection connection;
    private final WorkflowExecution execution;

    public RunHandle(Connection connection, String workflowId, String runId) {
        this.connection = connection;
        this.execution = WorkflowExecution.newBuilder()
                .setWorkflowId(workflowId)
                .setRunId(runId)
                .build();
    }

    public String workflowId() {
        return execution.getWorkflowId();
    }

    String runId() {
        return execution.getRunId();
    }

    public Connection connection() {
        return connection;
    }

    /** The run's current state. */
    public RunSnapshot snapshot() {
        DescribeWorkflowExecutionResponse run = describe(execution);
        PipelineStatus stages = MonitorLine.in(connection, status());
        List<LiveActivity> activities = new ArrayList<>();
        if (stages != null) {
            for (StageStatus stage : stages.stages()) {
                if (stage.state() == StageStatus.State.RUNNING
                        && stage.stage() != Stage.MONITOR
                        && !stage.workflowId().isEmpty()) {
                    collect(stage.stage(), stage.workflowId(), activities);
                }
            }
        } else {
            pending(Stage.PREPARE, run, activities);
        }
        WorkflowExecutionInfo info = run.getWorkflowExecutionInfo();
        return new RunSnapshot(
                info.getExecution().getRunId(),
                time(info.getStartTime()),
                info.hasCloseTime() ? time(info.getCloseTime()) : null,
                info.getStatus(),
                stages,
                activities,
                RunVersion.pinned(info).orElse(null));
    }

    /** The pending activities, from the server alone: no worker needs to answer. */
    public List<LiveActivity> activities() {
        List<LiveActivity> activities = new ArrayList<>();
        DescribeWorkflowExecutionResponse run = describe(execution);
        pending(Stage.PREPARE, run, activities);
        for (PendingChildExecutionInfo child : run.getPendingChildrenList()) {
            Stage stage = Stage.of(child.getWorkflowTypeName().toLowerCase(Locale.ROOT));
            if (stage != null && stage != Stage.MONITOR) {
                collect(stage, child.getWorkflowId(), activities);
            }
        }
        return activities;
    }

    private static @Nullable String text(String given) {
        return given.isEmpty() ? null : given;
    }

    /** The status of the stages; null when no worker answers. */
    public @Nullable PipelineStatus status() {
        try {
            return stub().query("status", PipelineStatus.class);
        } catch (WorkflowException | StatusRuntimeException noWorker) {
            return null;
        }
    }

    /** The results of the stages so far; empty when no worker answers. */
    public Optional<PipelineReport> report() {
        try {
            return Optional.ofNullable(stub().query("report", PipelineReport.class));
        } catch (WorkflowException | StatusRuntimeException noWorker) {
            return Optional.empty();
        }
    }

    /**
     * The result of the ended run.
     *
     * @throws io.temporal.client.WorkflowFailedException when it failed
     */
    public PipelineReport result() {
        return stub().getResult(PipelineReport.class);
    }

    /** The task queue of the activity that this workflow scheduled last. */
    Optional<String> queue(String workflowId) {
        return connection.client().fetchHistory(workflowId).getEvents().stream()
                .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
                .map(event -> event.getActivityTaskScheduledEventAttributes().getTaskQueue())
                .reduce((first, second) -> second)
                .map(TaskQueue::getName);
    }

    private void collect(Stage stage, String workflowId, List<LiveActivity> into) {
        try {
            DescribeWorkflowExecutionResponse child = describe(
                    WorkflowExecution.newBuilder().setWorkflowId(workflowId).build());
            pending(stage, child, into);
            if (stage == Stage.TRAIN && child.getPendingActivitiesCount() == 0) {
                waitingTraining(workflowId).ifPresent(into::add);
            }
            for (PendingChildExecutionInfo trial : child.getPendingChildrenList()) {
                collect(stage, trial.getWorkflowId(), into);
            }
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
                throw e;
            }
            // The stage's workflow has not started yet.
        }
    }

    /** A job of a cluster that no worker looks at now. */
    private Optional<LiveActivity> waitingTraining(String workflowId) {
        try {
            TrainStatus status =
                    connection.client().newUntypedWorkflowStub(workflowId).query("status", TrainStatus.class);
            return Optional.ofNullable(status.waiting())
                    .map(progress -> new LiveActivity(Stage.TRAIN, progress, 1, null, false, workflowId, null, null));
        } catch (WorkflowException | StatusRuntimeException noWorker) {
            return Optional.empty();
        }
    }

    private void pending(Stage stage, DescribeWorkflowExecutionResponse run, List<LiveActivity> into) {
        for (PendingActivityInfo activity : run.getPendingActivitiesList()) {
            into.add(new LiveActivity(
                    stage,
                    progress(activity),
                    activity.getAttempt(),
                    activity.hasLastFailure() ? words(activity.getLastFailure()) : null,
                    activity.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED,
                    run.getWorkflowExecutionInfo().getExecution().getWorkflowId(),
                    text(activity.getActivityOptions().getTaskQueue().getName()),
                    text(activity.getLastWorkerIdentity())));
        }
    }

    /**
     * The message of a failure. The server wraps a failure that is too large for it as the cause of
     * its own failure.
     */
    private static String words(Failure failure) {
        return failure.hasServerFailureInfo() && failure.hasCause()
                ? failure.getCause().getMessage()
                : failure.getMessage();
    }

    private @Nullable Progress progress(PendingActivityInfo activity) {
        if (activity.getHeartbeatDetails().getPayloadsCount() == 0) {
            return null;
        }
        try {
            return connection
                    .client()
                    .getOptions()
                    .getDataConverter()
                    .fromPayload(activity.getHeartbeatDetails().getPayloads(0), Progress.class, Progress.class);
        } catch (RuntimeException otherVersion) {
            return null;
        }
    }

    private DescribeWorkflowExecutionResponse describe(WorkflowExecution which) {
        return connection
                .stubs()
                .blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(connection.server().namespace())
                        .setExecution(which)
                        .build());
    }

    private static String time(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds()).toString();
    }

    private WorkflowStub stub() {
        WorkflowTargetOptions.Builder target =
                WorkflowTargetOptions.newBuilder().setWorkflowId(workflowId());
        if (!runId().isEmpty()) {
            target.setRunId(runId());
        }
        return connection.client().newUntypedWorkflowStub(target.build(), Optional.of("Pipeline"));
    }
}
