package dev.septet.workers.deployment;

import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workers.version.WorkerVersion;
import io.temporal.api.deployment.v1.WorkerDeploymentVersion;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A task queue that work waits in, because no worker polls it that may do the work.
 *
 * @param version the version whose workers could do the work; null = workers without a version
 * @param pinned whether the run is pinned to that version; else the version is current
 * @param idle a version whose workers poll the queue, although no version is current; null = none
 */
public record MissingWorkers(
        String queue,
        @Nullable WorkerVersion version,
        boolean pinned,
        @Nullable WorkerVersion idle) {

    /**
     * Whether workers are missing for work in a queue.
     *
     * @param pinned the version that the work's run is pinned to; null = none
     */
    public static Optional<MissingWorkers> in(Connection connection, String queue, @Nullable WorkerVersion pinned) {
        return in(connection, queue, pinned, Pollers.SILENT);
    }

    /** @param silent longest time between two polls of a running worker */
    static Optional<MissingWorkers> in(
            Connection connection, String queue, @Nullable WorkerVersion pinned, Duration silent) {
        if (pinned != null) {
            WorkerDeploymentVersion version = proto(pinned);
            if (new Deployments(connection).queues(version).contains(queue)) {
                return VersionPollers.now(connection, queue, version, silent).isEmpty()
                        ? Optional.of(new MissingWorkers(queue, pinned, true, null))
                        : Optional.empty();
            }
        }
        List<DescribeTaskQueueResponse> types =
                List.of(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY).stream()
                        .map(type -> describe(connection, queue, type))
                        .toList();
        WorkerDeploymentVersion current = types.stream()
                .filter(type -> type.getVersioningInfo().hasCurrentDeploymentVersion())
                .map(type -> type.getVersioningInfo().getCurrentDeploymentVersion())
                .findFirst()
                .orElse(null);
        List<PollerInfo> all =
                types.stream().flatMap(type -> type.getPollersList().stream()).toList();
        List<PollerInfo> pollers =
                current == null ? all : Pollers.recent(connection, all, silent).toList();
        if (pollers.stream().anyMatch(poller -> Objects.equals(VersionPollers.version(poller), current))) {
            return Optional.empty();
        }
        WorkerVersion idle = pollers.stream()
                .map(VersionPollers::version)
                .flatMap(Stream::ofNullable)
                .map(MissingWorkers::of)
                .findFirst()
                .orElse(null);
        return Optional.of(
                new MissingWorkers(queue, current == null ? null : of(current), false, current == null ? idle : null));
    }

    private static DescribeTaskQueueResponse describe(Connection connection, String queue, TaskQueueType type) {
        return connection
                .stubs()
                .blockingStub()
                .describeTaskQueue(DescribeTaskQueueRequest.newBuilder()
                        .setNamespace(connection.server().namespace())
                        .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                        .setTaskQueueType(type)
                        .build());
    }

    static WorkerDeploymentVersion proto(WorkerVersion version) {
        return WorkerDeploymentVersion.newBuilder()
                .setDeploymentName(version.deployment())
                .setBuildId(version.buildId())
                .build();
    }

    static WorkerVersion of(WorkerDeploymentVersion version) {
        return new WorkerVersion(version.getDeploymentName(), version.getBuildId());
    }
}
