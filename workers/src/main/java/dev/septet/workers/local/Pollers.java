package dev.septet.workers.local;

import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;

import java.util.List;

/** The workers that serve a queue. */
public final class Pollers {
    private Pollers() {}

    /** Whether any worker has polled the queue in the last minutes. */
    public static boolean any(Connection connection, String queue) {
        return List.of(
                        TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
                        TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                .stream()
                .anyMatch(type -> !of(connection, queue, type).isEmpty());
    }

    /** Those that have polled it in the last minutes for one kind of work. */
    public static List<PollerInfo> of(Connection connection, String queue, TaskQueueType type) {
        return connection
                .stubs()
                .blockingStub()
                .describeTaskQueue(
                        DescribeTaskQueueRequest.newBuilder()
                                .setNamespace(connection.server().namespace())
                                .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                                .setTaskQueueType(type)
                                .build())
                .getPollersList();
    }
}
