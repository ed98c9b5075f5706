package dev.septet.workers.cli;

import dev.septet.workers.local.Connection;

import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;

import java.util.List;

/** Asks whether workers serve a queue. */
final class Pollers {
    private Pollers() {}

    /** Whether any worker has polled the queue in the last minutes. */
    static boolean any(Connection connection, String queue) {
        return List.of(
                        TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
                        TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                .stream()
                .anyMatch(type -> count(connection, queue, type) > 0);
    }

    private static int count(Connection connection, String queue, TaskQueueType type) {
        return connection
                .stubs()
                .blockingStub()
                .describeTaskQueue(
                        DescribeTaskQueueRequest.newBuilder()
                                .setNamespace(connection.server().namespace())
                                .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                                .setTaskQueueType(type)
                                .build())
                .getPollersCount();
    }
}
