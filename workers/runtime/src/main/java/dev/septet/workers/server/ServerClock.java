package dev.septet.workers.server;

import com.google.protobuf.util.Timestamps;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Compares this machine's clock with that of a Temporal server. A server does not say its time, but it says when each worker
 * polled last: at most a minute ago while the worker runs, and it forgets a worker after five minutes.
 */
public final class ServerClock {
    /** A smaller difference than this cannot be seen, or does no harm. */
    private static final Duration BEHIND = Duration.ofSeconds(10);

    private static final Duration AHEAD = Duration.ofMinutes(7);
    private static final long ANSWER_SECONDS = 10;

    private ServerClock() {}

    /**
     * How much this machine's clock is at least ahead of the server's; negative = behind. Empty when no difference is seen.
     *
     * @param queues task queues whose workers are looked at
     */
    public static Optional<Duration> difference(
            WorkflowServiceStubs stubs, String namespace, List<String> queues, Instant now) {
        List<Instant> polls = new ArrayList<>();
        for (String queue : queues) {
            for (TaskQueueType type :
                    List.of(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)) {
                stubs
                        .blockingStub()
                        .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
                        .describeTaskQueue(DescribeTaskQueueRequest.newBuilder()
                                .setNamespace(namespace)
                                .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                                .setTaskQueueType(type)
                                .build())
                        .getPollersList()
                        .stream()
                        .filter(PollerInfo::hasLastAccessTime)
                        .map(poller -> Instant.ofEpochMilli(Timestamps.toMillis(poller.getLastAccessTime())))
                        .forEach(polls::add);
            }
        }
        return difference(polls, now);
    }

    /**
     * The difference that these polls show.
     *
     * @param polls by the server's clock
     * @param now by this machine's clock
     */
    static Optional<Duration> difference(List<Instant> polls, Instant now) {
        return polls.stream()
                .max(Instant::compareTo)
                .map(last -> Duration.between(last, now))
                .filter(since -> since.compareTo(BEHIND.negated()) < 0 || since.compareTo(AHEAD) > 0);
    }

    /** A difference for people, such as {@code 2 h ahead of}. */
    public static String words(Duration difference) {
        Duration size = difference.abs();
        String time = size.toDays() > 0
                ? size.toDays() + " d"
                : size.toHours() > 0
                        ? size.toHours() + " h"
                        : size.toMinutes() > 0 ? size.toMinutes() + " min" : size.toSeconds() + " s";
        return "at least %s %s".formatted(time, difference.isNegative() ? "behind" : "ahead of");
    }
}
