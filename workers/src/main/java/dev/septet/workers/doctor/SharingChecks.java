package dev.septet.workers.doctor;

import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.S3Address;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workflows.TaskQueues;

import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Machines that share task queues. Artifacts may be shared; published folders, audit logs and
 * reviewed rows are files of one machine, and any worker of the queue may be asked for them.
 */
record SharingChecks(Connection connection, ArtifactStore store, Map<String, String> environment) {
    List<Finding> look() {
        try {
            Set<String> machines = machines();
            List<String> local = machines.size() > 1 ? local() : List.of();
            return local.isEmpty()
                    ? List.of()
                    : List.of(
                            Finding.warn(
                                    "machines",
                                    "workers on %s share the task queues, but %s %s published into folders of one machine, as audit logs and reviewed rows are: publications, monitor checks and reviews may run where these files are not"
                                            .formatted(
                                                    String.join(", ", machines),
                                                    String.join(", ", local),
                                                    local.size() == 1 ? "is" : "are"),
                                    "run the workers of these pipelines on the machine that serves"
                                            + " them, with a namespace of their own"
                                            + " (TEMPORAL_NAMESPACE), or publish to s3 only"));
        } catch (IOException | RuntimeException e) {
            return List.of(
                    Finding.warn(
                            "machines",
                            "cannot tell which machines share the task queues: " + e.getMessage(),
                            "see that the server and the store answer"));
        }
    }

    /** By the workers' identities, {@code <process>@<machine>}. */
    private Set<String> machines() {
        Set<String> machines = new TreeSet<>();
        for (String queue : List.of(TaskQueues.LIGHT, TaskQueues.TRAINING)) {
            for (PollerInfo poller : pollers(queue)) {
                String identity = poller.getIdentity();
                int at = identity.indexOf('@');
                if (at >= 0) {
                    machines.add(identity.substring(at + 1));
                }
            }
        }
        return machines;
    }

    private List<PollerInfo> pollers(String queue) {
        try {
            return Pollers.of(connection, queue, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY);
        } catch (StatusRuntimeException unknown) {
            return List.of();
        }
    }

    /** Pipelines with a target that is a folder. */
    private List<String> local() throws IOException {
        Aliases aliases = new Aliases(store, environment);
        List<String> local = new ArrayList<>();
        for (String pipeline : aliases.pipelines()) {
            if (aliases.history(pipeline).targets().stream()
                    .anyMatch(target -> !S3Address.names(target.folder()))) {
                local.add(pipeline);
            }
        }
        return local;
    }
}
