package dev.septet.workers;

import dev.septet.workers.version.WorkerVersion;
import dev.septet.workflows.TaskQueues;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a worker process.
 *
 * @param name name of the process in messages and of its files; unique among the workers of a state folder
 * @param state folder of its artifact store and its logs
 * @param catalogue folders whose pipelines may be run
 * @param dataRoots further folders that pipelines may read from
 * @param queue task queue of the training activities
 * @param slots number of devices or CPU slots: this number of training activities run at once
 * @param version version in a worker deployment; null = this worker has none, or its host chooses it
 */
public record WorkerSettings(
        Role role,
        String name,
        StateFolder state,
        List<Path> catalogue,
        List<Path> dataRoots,
        String queue,
        int slots,
        @Nullable WorkerVersion version) {
    public WorkerSettings {
        catalogue = List.copyOf(catalogue);
        dataRoots = List.copyOf(dataRoots);
    }

    /** Settings without a version. */
    public WorkerSettings(
            Role role,
            String name,
            StateFolder state,
            List<Path> catalogue,
            List<Path> dataRoots,
            String queue,
            int slots) {
        this(role, name, state, catalogue, dataRoots, queue, slots, null);
    }

    /** Settings with one slot, on the queue that all training workers share. */
    public static WorkerSettings of(Role role, StateFolder state, List<Path> catalogue) {
        return new WorkerSettings(role, role.word(), state, catalogue, List.of(), TaskQueues.TRAINING, 1);
    }
}
