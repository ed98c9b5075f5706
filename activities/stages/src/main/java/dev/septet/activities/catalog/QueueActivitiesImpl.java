package dev.septet.activities.catalog;

import dev.septet.workflows.catalog.QueueActivities;
import io.grpc.StatusRuntimeException;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.deployment.v1.WorkerDeploymentOptions;
import io.temporal.api.deployment.v1.WorkerDeploymentVersion;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.enums.v1.VersioningBehavior;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflow.v1.WorkflowExecutionVersioningInfo;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkerDeploymentVersionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts the pollers of a task queue, on the worker's own server. For a run that is pinned to a version, only that version's. */
public final class QueueActivitiesImpl implements QueueActivities {
    @Override
    public int pollers(String queue) {
        ActivityExecutionContext context = Activity.getExecutionContext();
        WorkflowClient client = context.getWorkflowClient();
        List<PollerInfo> pollers = client.getWorkflowServiceStubs()
                .blockingStub()
                .describeTaskQueue(DescribeTaskQueueRequest.newBuilder()
                        .setNamespace(client.getOptions().getNamespace())
                        .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                        .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                        .build())
                .getPollersList();
        if (pollers.stream()
                .allMatch(poller ->
                        poller.getDeploymentOptions().getDeploymentName().isEmpty())) {
            return pollers.size();
        }
        WorkerDeploymentVersion pinned = pinned(client, context.getInfo().getWorkflowId());
        return pinned == null || !polls(client, pinned, queue)
                ? pollers.size()
                : (int) pollers.stream()
                        .filter(poller -> pinned.equals(version(poller.getDeploymentOptions())))
                        .count();
    }

    private static WorkerDeploymentVersion version(WorkerDeploymentOptions worker) {
        return WorkerDeploymentVersion.newBuilder()
                .setDeploymentName(worker.getDeploymentName())
                .setBuildId(worker.getBuildId())
                .build();
    }

    private static @Nullable WorkerDeploymentVersion pinned(WorkflowClient client, String workflowId) {
        WorkflowExecutionVersioningInfo info = client.getWorkflowServiceStubs()
                .blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(client.getOptions().getNamespace())
                        .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                        .build())
                .getWorkflowExecutionInfo()
                .getVersioningInfo();
        if (info.getVersioningOverride().hasPinned()) {
            return info.getVersioningOverride().getPinned().getVersion();
        }
        return info.getBehavior() == VersioningBehavior.VERSIONING_BEHAVIOR_PINNED ? info.getDeploymentVersion() : null;
    }

    /** Whether the version has workers for the queue at all. Work for other queues goes to any worker there. */
    private static boolean polls(WorkflowClient client, WorkerDeploymentVersion version, String queue) {
        try {
            return client
                    .getWorkflowServiceStubs()
                    .blockingStub()
                    .describeWorkerDeploymentVersion(DescribeWorkerDeploymentVersionRequest.newBuilder()
                            .setNamespace(client.getOptions().getNamespace())
                            .setDeploymentVersion(version)
                            .build())
                    .getWorkerDeploymentVersionInfo()
                    .getTaskQueueInfosList()
                    .stream()
                    .anyMatch(info -> info.getName().equals(queue));
        } catch (StatusRuntimeException unknown) {
            return false;
        }
    }
}
