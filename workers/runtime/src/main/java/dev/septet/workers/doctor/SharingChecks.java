package dev.septet.workers.doctor;

import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.host.HostFile;
import dev.septet.activities.host.Hosts;
import dev.septet.activities.serving.Endpoints;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Stores;
import dev.septet.activities.store.bucket.S3Address;
import dev.septet.workers.StateFolder;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.host.Host;
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
 * Checks machines that share task queues. Published folders, audit logs and reviewed rows are files
 * of one machine. Where machines also share a store, it reports which machine has which pipeline's
 * files.
 */
record SharingChecks(Connection connection, StateFolder state, ArtifactStore store, Map<String, String> environment) {
    List<Finding> look() {
        try {
            if (Stores.shared(environment)) {
                return hosts();
            }
            Set<String> machines = machines();
            List<String> local = machines.size() > 1 ? local() : List.of();
            return local.isEmpty()
                    ? List.of()
                    : List.of(Finding.warn(
                            "machines",
                            "workers on %s share the task queues, but %s %s published into folders of one machine. Audit logs and reviewed rows are also on one machine. So publications, monitor checks and reviews may run on a machine without these files"
                                    .formatted(
                                            String.join(", ", machines),
                                            String.join(", ", local),
                                            local.size() == 1 ? "is" : "are"),
                            "run the workers of these pipelines on the machine that serves"
                                    + " them, with a namespace of their own"
                                    + " (TEMPORAL_NAMESPACE), or give all machines one"
                                    + " store: SEPTET_STORE=s3://BUCKET/PREFIX"));
        } catch (IOException | RuntimeException e) {
            return List.of(Finding.warn(
                    "machines",
                    "cannot find out which machines share the task queues: " + e.getMessage(),
                    "check that the server and the store answer"));
        }
    }

    /** One finding for each pipeline. */
    private List<Finding> hosts() throws IOException {
        Map<String, Host> known = new Hosts(store).all();
        Set<String> pipelines = new TreeSet<>(known.keySet());
        pipelines.addAll(local());
        pipelines.addAll(new Endpoints(store).all().keySet());
        String here = HostFile.existing(state.path()).map(Host::id).orElse("");
        List<Finding> findings = new ArrayList<>();
        for (String pipeline : pipelines) {
            Host host = known.get(pipeline);
            findings.add(host == null ? unknown(pipeline) : host(pipeline, host, here));
        }
        return findings;
    }

    private static Finding unknown(String pipeline) {
        return Finding.warn(
                "host",
                "%s was published by an earlier version of Septet, which did not record the host: its files are on one machine, and no record names that machine"
                        .formatted(pipeline),
                "run `septet adopt %s` on the machine that has its files".formatted(pipeline));
    }

    private Finding host(String pipeline, Host host, String here) {
        String files = "the files of %s are on %s"
                .formatted(pipeline, host.id().equals(here) ? "this machine" : "host " + host.name());
        return Pollers.now(connection, host.queue())
                ? Finding.ok("host", files)
                : Finding.warn(
                        "host",
                        "%s, and no worker there polls its task queue %s: publications, canaries and monitor checks of %s wait"
                                .formatted(files, host.queue(), pipeline),
                        "start Septet there; or remove that host, and run `septet adopt %s` on the machine that takes over the files"
                                .formatted(pipeline));
    }

    /** The machines of the workers, from their identities {@code <process>@<machine>}. */
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

    /** Pipelines with a deployment target that is a folder. */
    private List<String> local() throws IOException {
        Aliases aliases = new Aliases(store, environment);
        List<String> local = new ArrayList<>();
        for (String pipeline : aliases.pipelines()) {
            if (aliases.history(pipeline).targets().stream().anyMatch(target -> !S3Address.names(target.folder()))) {
                local.add(pipeline);
            }
        }
        return local;
    }
}
