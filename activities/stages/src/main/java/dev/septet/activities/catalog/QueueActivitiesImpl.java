package dev.septet.activities.catalog;

import dev.septet.workflows.catalog.QueueActivities;
import io.temporal.activity.Activity;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.client.WorkflowClient;

/** Counts the pollers of a task queue, on the worker's own server. */
public final class QueueActivitiesImpl implements QueueActivities {
    @Override
    public int pollers(String queue) {
        WorkflowClient client = Activity.getExecutionContext().getWorkflowClient();
        return client.getWorkflowServiceStubs()
                .blockingStub()
                .describeTaskQueue(DescribeTaskQueueRequest.newBuilder()
                        .setNamespace(client.getOptions().getNamespace())
                        .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                        .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                        .build())
                .getPollersCount();
    }
}
