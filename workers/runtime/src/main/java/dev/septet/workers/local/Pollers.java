package dev.septet.workers.local;

import dev.septet.workers.server.ServerClock;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

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
        return recent(connection, of(connection, queue, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY), SILENT)
                .anyMatch(poller -> true);
    }

    /** Those that polled within a time, by the server's clock: this machine's may be wrong. */
    public static Stream<PollerInfo> recent(Connection connection, List<PollerInfo> pollers, Duration time) {
        if (pollers.isEmpty()) {
            return Stream.empty();
        }
        Instant since = ServerClock.now(connection.stubs(), connection.server().namespace())
                .minus(time);
        return pollers.stream()
                .filter(poller -> Instant.ofEpochSecond(
                                poller.getLastAccessTime().getSeconds())
                        .isAfter(since));
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
