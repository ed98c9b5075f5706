package dev.septet.workers.doctor;

import com.google.protobuf.Timestamp;
import dev.septet.workers.Role;
import dev.septet.workers.StateFolder;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workers.server.ServerClock;
import dev.septet.workflows.TaskQueues;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checks which workers poll the server. */
record WorkerChecks(Connection connection, StateFolder state) {
    /** A worker polls at least once a minute. */
    private static final Duration SILENT = Duration.ofSeconds(90);

    /** A file with the id of a training worker's process. */
    private static final Pattern TRAINING = Pattern.compile(Role.TRAINING.word() + "(-\\d+)?\\.pid");

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
                queue(TaskQueues.TRAINING, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY, "septet worker --role training"));
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
        Duration ago = Duration.between(
                last.get(),
                ServerClock.now(connection.stubs(), connection.server().namespace()));
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
