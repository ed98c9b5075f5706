package dev.septet.workers.doctor;

import com.google.protobuf.Timestamp;
import dev.septet.workers.RunningActivities;
import dev.septet.workers.RunningActivity;
import dev.septet.workers.StateFolder;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workers.server.ServerClock;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds workers of this state folder that hang: the process is alive, but it neither polls for work
 * nor reports progress.
 *
 * @param silent longest time for which a healthy worker is silent
 */
record HungWorkers(Connection connection, StateFolder state, Duration silent) {
    /** Returns warnings only. Other checks report on workers that do not hang. */
    List<Finding> look(String process, String queue, TaskQueueType type) {
        Optional<ProcessHandle> alive = alive(state.processes().resolve(process + ".pid"));
        if (alive.isEmpty()) {
            return List.of();
        }
        long pid = alive.get().pid();
        if (isStopped(pid)) {
            return List.of(Finding.warn(
                    "workers",
                    String.format(Locale.ROOT, "the %s worker (process %d) is stopped", process, pid),
                    String.format(Locale.ROOT, "kill -CONT %d", pid)));
        }
        try {
            return isPolling(alive.get(), queue, type) || isWorking(process)
                    ? List.of()
                    : List.of(Finding.warn(
                            "workers",
                            String.format(
                                    Locale.ROOT,
                                    "the %s worker (process %d) hangs: for %d s it has not polled for work and has reported none",
                                    process,
                                    pid,
                                    silent.toSeconds()),
                            String.format(
                                    Locale.ROOT,
                                    "kill -9 %d; it is started again, and its work continues from the last checkpoint",
                                    pid)));
        } catch (IOException | StatusRuntimeException unknown) {
            return List.of();
        }
    }

    private boolean isPolling(ProcessHandle process, String queue, TaskQueueType type) {
        // Both times are of this machine's clock.
        boolean young = process.info()
                .startInstant()
                .filter(Instant.now().minus(silent)::isBefore)
                .isPresent();
        if (young) {
            return true;
        }
        Instant since = serverNow().minus(silent);
        return Pollers.of(connection, queue, type).stream()
                .filter(poller -> poller.getIdentity().startsWith(process.pid() + "@"))
                .anyMatch(poller -> instant(poller.getLastAccessTime()).isAfter(since));
    }

    private Instant serverNow() {
        return ServerClock.now(connection.stubs(), connection.server().namespace());
    }

    /** A worker whose slots are full does not poll, but each of its activities sends heartbeats. */
    private boolean isWorking(String process) throws IOException {
        Instant since = serverNow().minus(silent);
        List<RunningActivity> running = RunningActivities.read(RunningActivities.file(state, process));
        return running.stream()
                .flatMap(activity -> pending(activity).stream())
                .anyMatch(pending -> instant(pending.getLastHeartbeatTime()).isAfter(since));
    }

    private List<PendingActivityInfo> pending(RunningActivity activity) {
        List<PendingActivityInfo> pending = new ArrayList<>(connection
                .stubs()
                .blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(activity.namespace())
                        .setExecution(WorkflowExecution.newBuilder()
                                .setWorkflowId(activity.workflowId())
                                .setRunId(activity.runId()))
                        .build())
                .getPendingActivitiesList());
        pending.removeIf(one -> !one.getActivityId().equals(activity.activityId()));
        return pending;
    }

    /**
     * Whether a signal stopped the process. Only Linux shows this; elsewhere only the silence is
     * found.
     */
    private static boolean isStopped(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.startsWith("T", stat.lastIndexOf(')') + 2);
        } catch (IOException notLinux) {
            return false;
        }
    }

    private static Optional<ProcessHandle> alive(Path pidFile) {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
                    .filter(ProcessHandle::isAlive);
        } catch (IOException | NumberFormatException none) {
            return Optional.empty();
        }
    }

    private static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
