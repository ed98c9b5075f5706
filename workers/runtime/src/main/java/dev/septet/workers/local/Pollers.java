package dev.septet.workers.local;

import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The workers that poll a task queue. */
public final class Pollers {
    /** A running worker polls at least once a minute. */
    public static final Duration SILENT = Duration.ofSeconds(90);

    private Pollers() {}

    /** Whether any worker has polled the queue in the last minutes. */
    public static boolean any(Connection connection, String queue) {
        return List.of(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY).stream()
                .anyMatch(type -> !of(connection, queue, type).isEmpty());
    }

    /**
     * Whether a worker polls the queue for activities now. A worker polls at least once a minute.
     */
    public static boolean now(Connection connection, String queue) {
        return of(connection, queue, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY).stream()
                .anyMatch(poller -> since(poller, SILENT));
    }

    /** Whether a worker has polled within a time. */
    public static boolean since(PollerInfo poller, Duration time) {
        return Instant.ofEpochSecond(poller.getLastAccessTime().getSeconds())
                .isAfter(Instant.now().minus(time));
    }

    /** The workers that have polled the queue in the last minutes for one kind of task. */
    public static List<PollerInfo> of(Connection connection, String queue, TaskQueueType type) {
        return describe(connection, queue, type).getPollersList();
    }

    /** The same with the number of waiting tasks, where the server counts them. */
    public static DescribeTaskQueueResponse describe(Connection connection, String queue, TaskQueueType type) {
        return connection
                .stubs()
                .blockingStub()
                .describeTaskQueue(DescribeTaskQueueRequest.newBuilder()
                        .setNamespace(connection.server().namespace())
                        .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                        .setTaskQueueType(type)
                        .setReportStats(true)
                        .build());
    }
}
