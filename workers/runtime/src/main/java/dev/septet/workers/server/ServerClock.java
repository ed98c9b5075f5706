package dev.septet.workers.server;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.util.Timestamps;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueRequest;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A Temporal server's clock. A server does not answer with its time, but it records by its own clock when each worker polled. So
 * this class polls a task queue that nobody sends work to, and asks when that was.
 */
public final class ServerClock {
    private static final String OWN_QUEUE = "septet-doctor";

    /** A server refuses polls that would wait for less than two seconds. The poll is cancelled as soon as it is recorded. */
    private static final int POLL_SECONDS = 30;

    private static final Duration RECORDED = Duration.ofSeconds(3);
    private static final Duration ASK_AGAIN = Duration.ofMillis(10);
    private static final long ANSWER_SECONDS = 10;

    /** The last poll of a worker is at most a minute old while it runs, and is forgotten after five minutes. */
    private static final Duration POLL_BEHIND = Duration.ofSeconds(10);

    private static final Duration POLL_AHEAD = Duration.ofMinutes(7);

    private final Instant server;
    private final long nanos;

    private ServerClock(Instant server, long nanos) {
        this.server = server;
        this.nanos = nanos;
    }

    /**
     * A difference between two clocks.
     *
     * @param ahead by how much this machine's clock is ahead of the server's; negative = behind
     * @param exact false when the clocks differ at least by this
     */
    public record Difference(Duration ahead, boolean exact) {
        /** For people, such as {@code 2 h 5 min ahead of}. */
        public String words() {
            return (exact ? "" : "at least ") + size(ahead.abs()) + (ahead.isNegative() ? " behind" : " ahead of");
        }

        private static String size(Duration size) {
            long seconds = size.toSeconds();
            if (size.toDays() > 0) {
                return String.format(Locale.ROOT, "%d d %d h", size.toDays(), size.toHoursPart());
            }
            return size.toHours() > 0
                    ? String.format(Locale.ROOT, "%d h %d min", size.toHours(), size.toMinutesPart())
                    : size.toMinutes() > 0
                            ? String.format(Locale.ROOT, "%d min %d s", size.toMinutes(), size.toSecondsPart())
                            : seconds + " s";
        }
    }

    /**
     * The result of a comparison of two clocks.
     *
     * @param known whether the server's clock could be read at all, or its workers' polls
     * @param difference empty when it is smaller than what is tolerated, or not known
     */
    public record Comparison(boolean known, Optional<Difference> difference) {
        /** The server shows neither its clock nor polls of workers. */
        public static final Comparison UNKNOWN = new Comparison(false, Optional.empty());
    }

    /**
     * Reads a server's clock; empty when the server does not show its polls, or refuses the poll. A busy server may record the
     * first poll of a queue too late, so it is asked twice.
     */
    public static Optional<ServerClock> read(WorkflowServiceStubs stubs, String namespace) {
        return readOnce(stubs, namespace).or(() -> readOnce(stubs, namespace));
    }

    private static Optional<ServerClock> readOnce(WorkflowServiceStubs stubs, String namespace) {
        String identity = "septet-clock-" + UUID.randomUUID();
        long before = System.nanoTime();
        ListenableFuture<PollWorkflowTaskQueueResponse> poll = stubs.futureStub()
                .withDeadlineAfter(POLL_SECONDS, TimeUnit.SECONDS)
                .pollWorkflowTaskQueue(PollWorkflowTaskQueueRequest.newBuilder()
                        .setNamespace(namespace)
                        .setTaskQueue(TaskQueue.newBuilder().setName(OWN_QUEUE))
                        .setIdentity(identity)
                        .build());
        try {
            while (!poll.isDone() && System.nanoTime() - before < RECORDED.toNanos()) {
                Optional<Instant> recorded = pollers(
                                stubs, namespace, OWN_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
                        .filter(poller -> poller.getIdentity().equals(identity))
                        .map(ServerClock::time)
                        .findFirst();
                if (recorded.isPresent()) {
                    return Optional.of(new ServerClock(recorded.get(), before));
                }
                LockSupport.parkNanos(ASK_AGAIN.toNanos());
            }
            return Optional.empty();
        } catch (StatusRuntimeException unanswered) {
            return Optional.empty();
        } finally {
            poll.cancel(true);
        }
    }

    /** The server's time now. It does not depend on this machine's clock, which may jump. */
    public Instant now() {
        return server.plusNanos(System.nanoTime() - nanos);
    }

    /** The server's time, or this machine's where the server does not show its own. */
    public static Instant now(WorkflowServiceStubs stubs, String namespace) {
        return read(stubs, namespace).map(ServerClock::now).orElseGet(Instant::now);
    }

    /**
     * The difference between this machine's clock and the server's; empty when it is smaller than what is tolerated, or not known.
     *
     * @param queues task queues whose workers are looked at if the server refuses a poll
     */
    public static Optional<Difference> difference(
            WorkflowServiceStubs stubs, String namespace, List<String> queues, Clock machine, Duration tolerated) {
        return compare(stubs, namespace, queues, machine, tolerated).difference();
    }

    /**
     * Compares this machine's clock with the server's.
     *
     * @param queues task queues whose workers are looked at if the server refuses a poll
     */
    public static Comparison compare(
            WorkflowServiceStubs stubs, String namespace, List<String> queues, Clock machine, Duration tolerated) {
        Optional<ServerClock> server = read(stubs, namespace);
        if (server.isPresent()) {
            return new Comparison(true, difference(server.get().now(), machine.instant(), tolerated));
        }
        List<Instant> polls = new ArrayList<>();
        for (String queue : queues) {
            for (TaskQueueType type :
                    List.of(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)) {
                try {
                    pollers(stubs, namespace, queue, type)
                            .map(ServerClock::time)
                            .forEach(polls::add);
                } catch (StatusRuntimeException refused) {
                    // These credentials may not look at the queue.
                }
            }
        }
        return polls.isEmpty() ? Comparison.UNKNOWN : new Comparison(true, difference(polls, machine.instant()));
    }

    static Optional<Difference> difference(Instant server, Instant machine, Duration tolerated) {
        Duration ahead = Duration.between(server, machine);
        return ahead.abs().compareTo(tolerated) <= 0 ? Optional.empty() : Optional.of(new Difference(ahead, true));
    }

    /**
     * The difference that the polls of workers show.
     *
     * @param polls by the server's clock
     * @param now by this machine's clock
     */
    static Optional<Difference> difference(List<Instant> polls, Instant now) {
        return polls.stream()
                .max(Instant::compareTo)
                .map(last -> Duration.between(last, now))
                .filter(since -> since.compareTo(POLL_BEHIND.negated()) < 0 || since.compareTo(POLL_AHEAD) > 0)
                .map(since -> new Difference(since, false));
    }

    private static Stream<PollerInfo> pollers(
            WorkflowServiceStubs stubs, String namespace, String queue, TaskQueueType type) {
        return stubs
                .blockingStub()
                .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
                .describeTaskQueue(DescribeTaskQueueRequest.newBuilder()
                        .setNamespace(namespace)
                        .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                        .setTaskQueueType(type)
                        .build())
                .getPollersList()
                .stream()
                .filter(PollerInfo::hasLastAccessTime);
    }

    private static Instant time(PollerInfo poller) {
        return Instant.ofEpochMilli(Timestamps.toMillis(poller.getLastAccessTime()));
    }
}
