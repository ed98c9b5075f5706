package dev.septet.workers.deployment;

import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import io.temporal.api.deployment.v1.WorkerDeploymentOptions;
import io.temporal.api.deployment.v1.WorkerDeploymentVersion;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.enums.v1.WorkerVersioningMode;
import io.temporal.api.taskqueue.v1.PollerInfo;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The workers of one version that poll a task queue. */
final class VersionPollers {
    private VersionPollers() {}

    /**
     * Identities of the version's workers that poll the queue now.
     *
     * @param silent longest time between two polls of a running worker
     */
    static Set<String> now(Connection connection, String queue, WorkerDeploymentVersion version, Duration silent) {
        // The server is asked for its time once, and only if a worker of this version is known.
        List<PollerInfo> all = Stream.of(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                .flatMap(type -> Pollers.of(connection, queue, type).stream())
                .filter(poller -> version.equals(version(poller)))
                .toList();
        return Pollers.recent(connection, all, silent)
                .map(PollerInfo::getIdentity)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The version of a worker; null for a worker without one. */
    static @Nullable WorkerDeploymentVersion version(PollerInfo poller) {
        WorkerDeploymentOptions options = poller.getDeploymentOptions();
        return options.getWorkerVersioningMode() == WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED
                ? WorkerDeploymentVersion.newBuilder()
                        .setDeploymentName(options.getDeploymentName())
                        .setBuildId(options.getBuildId())
                        .build()
                : null;
    }
}
