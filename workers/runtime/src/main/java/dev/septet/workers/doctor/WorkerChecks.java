package dev.septet.workers.doctor;

import com.google.protobuf.Timestamp;
import dev.septet.workers.Role;
import dev.septet.workers.StateFolder;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workflows.TaskQueues;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Checks which workers poll the server, and whether the server's clock and this machine's agree.
 */
record WorkerChecks(Connection connection, StateFolder state) {
    /** A worker polls at least once a minute. */
    private static final Duration SILENT = Duration.ofSeconds(90);

    private static final Duration AGREE = Duration.ofSeconds(5);

    /** The server answers at once if the client would wait for less than two seconds. */
    private static final int POLL_SECONDS = 3;

    /** A file with the id of a training worker's process. */
    private static final Pattern TRAINING = Pattern.compile(Role.TRAINING.word() + "(-\\d+)?\\.pid");

    private static final String OWN_QUEUE = "septet-doctor";

    List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        HungWorkers hung = new HungWorkers(connection, state, SILENT);
        findings.addAll(hung.look(Role.LIGHT.word(), TaskQueues.LIGHT, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW));
        for (String process : trainingProcesses()) {
            findings.addAll(hung.look(process, TaskQueues.TRAINING, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY));
        }
        findings.addAll(queues());
        return findings;
    }

    /** The names of the training workers of this machine: one, or one for each card. */
    private List<String> trainingProcesses() {
        String[] files = state.processes()
                .toFile()
                .list((folder, name) -> TRAINING.matcher(name).matches());
        return files == null
                ? List.of()
                : Arrays.stream(files)
                        .sorted()
                        .map(name -> name.substring(0, name.lastIndexOf('.')))
                        .toList();
    }

    private List<Finding> queues() {
        return List.of(
                queue(TaskQueues.LIGHT, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, "septet worker --role light"),
                queue(TaskQueues.TRAINING, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY, "septet worker --role training"),
                clock());
    }

    private Finding queue(String queue, TaskQueueType type, String command) {
        List<PollerInfo> pollers = pollers(queue, type);
        Optional<Instant> last = pollers.stream()
                .map(poller -> instant(poller.getLastAccessTime()))
                .max(Instant::compareTo);
        if (last.isEmpty()) {
            return Finding.warn(
                    "workers",
                    "no worker polls the task queue " + queue,
                    "`septet dev` or `" + command + "` starts one");
        }
        Duration ago = Duration.between(last.get(), Instant.now());
        return ago.compareTo(SILENT) > 0
                ? Finding.warn(
                        "workers",
                        String.format(Locale.ROOT, "the last worker on %s polled %d s ago", queue, ago.toSeconds()),
                        "check whether it still runs; `" + command + "` starts one")
                : Finding.ok(
                        "workers",
                        String.format(
                                Locale.ROOT,
                                "%d on the task queue %s",
                                pollers.stream()
                                        .map(PollerInfo::getIdentity)
                                        .distinct()
                                        .count(),
                                queue));
    }

    /** Polls a queue of its own. The server records the time of the poll by its own clock. */
    private Finding clock() {
        Instant before = Instant.now();
        try {
            connection
                    .stubs()
                    .blockingStub()
                    .withDeadlineAfter(POLL_SECONDS, TimeUnit.SECONDS)
                    .pollWorkflowTaskQueue(PollWorkflowTaskQueueRequest.newBuilder()
                            .setNamespace(connection.server().namespace())
                            .setTaskQueue(TaskQueue.newBuilder().setName(OWN_QUEUE))
                            .setIdentity("septet doctor")
                            .build());
        } catch (StatusRuntimeException nothingToDo) {
            // Expected: nobody sends work to this queue.
        }
        Optional<Instant> theirs = pollers(OWN_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW).stream()
                .map(poller -> instant(poller.getLastAccessTime()))
                .max(Instant::compareTo);
        return theirs.map(there -> clock(Duration.between(before, there)))
                .orElseGet(() -> Finding.ok("clock", "the server does not return its time"));
    }

    static Finding clock(Duration ahead) {
        String found = String.format(
                Locale.ROOT,
                "the server's clock is %d s %s this machine's",
                ahead.abs().toSeconds(),
                ahead.isNegative() ? "behind" : "ahead of");
        return ahead.abs().compareTo(AGREE) <= 0
                ? Finding.ok("clock", "the clocks of the server and this machine agree")
                : Finding.warn("clock", found, "set both by NTP, otherwise time limits and schedules are wrong");
    }

    private List<PollerInfo> pollers(String queue, TaskQueueType type) {
        try {
            return Pollers.of(connection, queue, type);
        } catch (StatusRuntimeException unsaid) {
            return List.of();
        }
    }

    private static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
