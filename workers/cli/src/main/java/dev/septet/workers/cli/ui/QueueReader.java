package dev.septet.workers.cli.ui;

import com.google.protobuf.Timestamp;
import dev.septet.activities.host.Hosts;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.LiveActivity;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.cli.run.RunRow;
import dev.septet.workers.cli.run.UnpolledQueues;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workers.server.ServerClock;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.host.Host;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.worker.v1.WorkerHeartbeat;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueResponse;
import io.temporal.api.workflowservice.v1.ListWorkersRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads which workers poll which queues, and what they do. */
final class QueueReader {
    /** A worker polls at least once a minute. */
    static final int SILENT_SECONDS = 90;

    private static final int MOST_RUNS = 100;
    private static final int MOST_QUEUES = 100;
    private static final int MOST_WORKERS = 1000;
    private static final int MILLIS = 2500;

    private final Session session;
    private final ServerLink link;
    private final Cached<Map<String, Host>> hosts;

    QueueReader(Session session, ServerLink link, Executor threads, Clock clock) {
        this.session = session;
        this.link = link;
        this.hosts = new Cached<>(this::readHosts, Duration.ofMinutes(1), threads, clock);
    }

    /** Reads them. */
    QueuesView read(ServerFacts server) throws IOException {
        Connection connection = link.open();
        List<String> remarks = new ArrayList<>();
        List<QueuesView.Work> work = work(connection, server.open(), remarks);
        Map<String, String> uses = new LinkedHashMap<>();
        uses.put(TaskQueues.LIGHT, "workflows, data and publication");
        uses.put(TaskQueues.TRAINING, "training and generation");
        for (QueuesView.Work each : work) {
            String queue = each.activity().queue();
            if (queue != null && !TaskQueues.isHost(queue)) {
                uses.putIfAbsent(queue, "training and generation");
            }
        }
        Map<String, Host> hosts = Objects.requireNonNullElse(this.hosts.get().value(), Map.of());
        hosts.keySet().forEach(queue -> uses.put(queue, "files of one machine"));
        if (uses.size() > MOST_QUEUES) {
            remarks.add("There are more than 100 task queues; the others are left out.");
        }
        Map<String, WorkerHeartbeat> slots = slots(connection);
        Instant now = ServerClock.now(connection.stubs(), connection.server().namespace());
        List<QueuesView.Queue> queues = new ArrayList<>();
        for (Map.Entry<String, String> use : uses.entrySet()) {
            if (queues.size() < MOST_QUEUES) {
                queues.add(queue(connection, use.getKey(), use.getValue(), hosts.get(use.getKey()), slots, now));
            }
        }
        return new QueuesView(queues, work, remarks);
    }

    private Map<String, Host> readHosts() throws IOException {
        Map<String, Host> queues = new TreeMap<>();
        if (session.hasStore()) {
            new Hosts(session.store()).all().values().forEach(host -> queues.put(host.queue(), host));
        }
        return queues;
    }

    private List<QueuesView.Work> work(Connection connection, List<RunRow> open, List<String> remarks) {
        List<RunRow> newest = open.subList(0, Math.min(MOST_RUNS, open.size()));
        if (newest.size() < open.size()) {
            remarks.add("Of the open runs, only the newest 100 are shown here.");
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
        List<Future<List<LiveActivity>>> calls = newest.stream()
                .map(run -> link.begin(() -> new RunHandle(connection, run.workflowId(), run.runId()).activities()))
                .toList();
        List<QueuesView.Work> work = new ArrayList<>();
        for (int at = 0; at < calls.size(); at++) {
            List<LiveActivity> activities = ServerLink.within(calls.get(at), deadline);
            RunRow run = newest.get(at);
            if (activities != null) {
                activities.forEach(activity ->
                        work.add(new QueuesView.Work(run.workflowId(), ServerFacts.pipeline(run, ""), activity)));
            }
        }
        return work;
    }

    private static QueuesView.Queue queue(
            Connection connection,
            String name,
            String use,
            @Nullable Host host,
            Map<String, WorkerHeartbeat> slots,
            Instant now) {
        Map<String, QueuesView.Worker> workers = new TreeMap<>();
        long waiting = 0;
        long oldest = 0;
        boolean counted = false;
        for (TaskQueueType type :
                List.of(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)) {
            DescribeTaskQueueResponse found = Pollers.describe(connection, name, type);
            found.getPollersList()
                    .forEach(poller -> workers.merge(
                            poller.getIdentity(),
                            worker(poller, slots.get(name + "\n" + poller.getIdentity()), now),
                            (one, other) -> one.secondsAgo() <= other.secondsAgo() ? one : other));
            if (found.hasStats()) {
                counted = true;
                waiting += found.getStats().getApproximateBacklogCount();
                oldest = Math.max(
                        oldest, found.getStats().getApproximateBacklogAge().getSeconds());
            }
        }
        boolean polled = workers.values().stream().anyMatch(QueuesView.Worker::polls);
        return new QueuesView.Queue(
                name,
                use,
                host == null ? null : host.name(),
                List.copyOf(workers.values()),
                polled ? null : UnpolledQueues.sentence(name),
                counted ? (Long) waiting : null,
                counted && waiting > 0 ? (Long) oldest : null);
    }

    private static QueuesView.Worker worker(PollerInfo poller, @Nullable WorkerHeartbeat slots, Instant now) {
        Timestamp last = poller.getLastAccessTime();
        long ago = Math.max(0, now.getEpochSecond() - last.getSeconds());
        return new QueuesView.Worker(
                poller.getIdentity(),
                ago,
                slots == null
                        ? null
                        : (Integer) slots.getActivityTaskSlotsInfo().getCurrentUsedSlots(),
                slots == null
                        ? null
                        : (Integer) slots.getActivityTaskSlotsInfo().getCurrentAvailableSlots());
    }

    /** What workers report of their slots, by queue and identity; empty where the server does not keep it. */
    @SuppressWarnings("deprecation") // the newer list has no slots
    private static Map<String, WorkerHeartbeat> slots(Connection connection) {
        Map<String, WorkerHeartbeat> slots = new HashMap<>();
        try {
            connection
                    .stubs()
                    .blockingStub()
                    .listWorkers(ListWorkersRequest.newBuilder()
                            .setNamespace(connection.server().namespace())
                            .setPageSize(MOST_WORKERS)
                            .build())
                    .getWorkersInfoList()
                    .forEach(worker -> slots.put(
                            worker.getWorkerHeartbeat().getTaskQueue() + "\n"
                                    + worker.getWorkerHeartbeat().getWorkerIdentity(),
                            worker.getWorkerHeartbeat()));
        } catch (StatusRuntimeException unsupported) {
            // An older server, or one whose operator has switched it off.
        }
        return slots;
    }
}
