package dev.septet.workers.cli.ui.view;

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
import dev.septet.workflows.Stage;
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
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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

    /** Each run needs two calls or more of the server. */
    static final int MOST_RUNS = 200;

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
        List<RunRow> asked = asked(open);
        if (asked.size() < open.size()) {
            remarks.add(String.format(
                    Locale.ROOT,
                    "There are %,d open runs. Only the activities of %d are shown here: of the oldest runs, and of runs in the deploy stage last.",
                    open.size(),
                    asked.size()));
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
        List<Future<List<LiveActivity>>> calls = asked.stream()
                .map(run -> link.begin(() -> new RunHandle(connection, run.workflowId(), run.runId()).activities()))
                .toList();
        List<QueuesView.Work> work = new ArrayList<>();
        int silent = 0;
        for (int at = 0; at < calls.size(); at++) {
            List<LiveActivity> activities = ServerLink.within(calls.get(at), deadline);
            RunRow run = asked.get(at);
            if (activities == null) {
                silent++;
            } else {
                activities.forEach(activity ->
                        work.add(new QueuesView.Work(run.workflowId(), ServerFacts.pipeline(run, ""), activity)));
            }
        }
        if (silent > 0) {
            remarks.add(String.format(
                    Locale.ROOT,
                    "The server did not say in time what %d of the open runs do. The page asks again.",
                    silent));
        }
        return runningFirst(work);
    }

    /**
     * The runs whose activities are read. The oldest come first, because workers take the oldest task of a queue first. Runs in the
     * deploy stage come last, because most of them wait for people.
     */
    static List<RunRow> asked(List<RunRow> newestFirst) {
        List<RunRow> runs = new ArrayList<>(newestFirst);
        Collections.reverse(runs);
        runs.sort(Comparator.comparing(run -> Stage.DEPLOY.word().equals(run.stage())));
        return List.copyOf(runs.subList(0, Math.min(MOST_RUNS, runs.size())));
    }

    /** Activities that run come before those that wait for a worker. */
    static List<QueuesView.Work> runningFirst(List<QueuesView.Work> work) {
        return work.stream()
                .sorted(Comparator.comparing(each -> each.activity().waiting()))
                .toList();
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
