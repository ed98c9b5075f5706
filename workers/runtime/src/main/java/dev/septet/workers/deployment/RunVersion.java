package dev.septet.workers.deployment;

import com.google.protobuf.FieldMask;
import dev.septet.workers.local.Connection;
import dev.septet.workers.version.WorkerVersion;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.deployment.v1.WorkerDeploymentVersion;
import io.temporal.api.enums.v1.VersioningBehavior;
import io.temporal.api.workflow.v1.PendingChildExecutionInfo;
import io.temporal.api.workflow.v1.VersioningOverride;
import io.temporal.api.workflow.v1.VersioningOverride.PinnedOverride;
import io.temporal.api.workflow.v1.VersioningOverride.PinnedOverrideBehavior;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflow.v1.WorkflowExecutionOptions;
import io.temporal.api.workflow.v1.WorkflowExecutionVersioningInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.UpdateWorkflowExecutionOptionsRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The versions that a run's workflows are pinned to. */
public record RunVersion(Connection connection) {
    /** Children that live on after their run, and that choose their version themselves. */
    private static final Set<String> OWN_LIFE = Set.of("Monitor", "Pipeline", "Forget");

    /** The version that a workflow is pinned to; empty when it moves to the current version, or has none. */
    public static Optional<WorkerVersion> pinned(WorkflowExecutionInfo info) {
        if (!info.hasVersioningInfo()) {
            return Optional.empty();
        }
        WorkflowExecutionVersioningInfo versioning = info.getVersioningInfo();
        if (versioning.hasVersioningOverride()) {
            return versioning.getVersioningOverride().hasPinned()
                    ? Optional.of(MissingWorkers.of(
                            versioning.getVersioningOverride().getPinned().getVersion()))
                    : Optional.empty();
        }
        return versioning.getBehavior() == VersioningBehavior.VERSIONING_BEHAVIOR_PINNED
                ? Optional.of(MissingWorkers.of(versioning.getDeploymentVersion()))
                : Optional.empty();
    }

    /**
     * Pins an open run and the open workflows of its stages to another version. A workflow continues there from its history;
     * a workflow that the other version cannot replay waits, and nothing of it is lost.
     *
     * @return the ids of the moved workflows
     * @throws StatusRuntimeException NOT_FOUND when there is no such workflow, FAILED_PRECONDITION with the server's reason
     */
    public List<String> move(String workflowId, WorkerVersion to) {
        List<String> moved = new ArrayList<>();
        move(WorkflowExecution.newBuilder().setWorkflowId(workflowId).build(), MissingWorkers.proto(to), moved);
        return moved;
    }

    private void move(WorkflowExecution execution, WorkerDeploymentVersion to, List<String> moved) {
        DescribeWorkflowExecutionResponse before = describe(execution);
        var unused = connection
                .stubs()
                .blockingStub()
                .updateWorkflowExecutionOptions(UpdateWorkflowExecutionOptionsRequest.newBuilder()
                        .setNamespace(connection.server().namespace())
                        .setWorkflowExecution(execution)
                        .setWorkflowExecutionOptions(WorkflowExecutionOptions.newBuilder()
                                .setVersioningOverride(VersioningOverride.newBuilder()
                                        .setPinned(PinnedOverride.newBuilder()
                                                .setBehavior(PinnedOverrideBehavior.PINNED_OVERRIDE_BEHAVIOR_PINNED)
                                                .setVersion(to))))
                        .setUpdateMask(FieldMask.newBuilder().addPaths("versioning_override"))
                        .setIdentity("septet workers")
                        .build());
        moved.add(execution.getWorkflowId());
        for (PendingChildExecutionInfo child : before.getPendingChildrenList()) {
            if (!OWN_LIFE.contains(child.getWorkflowTypeName())) {
                child(child, to, moved);
            }
        }
    }

    private void child(PendingChildExecutionInfo child, WorkerDeploymentVersion to, List<String> moved) {
        try {
            move(
                    WorkflowExecution.newBuilder()
                            .setWorkflowId(child.getWorkflowId())
                            .setRunId(child.getRunId())
                            .build(),
                    to,
                    moved);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.NOT_FOUND) { // it has ended meanwhile
                throw e;
            }
        }
    }

    private DescribeWorkflowExecutionResponse describe(WorkflowExecution execution) {
        return connection
                .stubs()
                .blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(connection.server().namespace())
                        .setExecution(execution)
                        .build());
    }
}
