package dev.septet.workers;

import dev.septet.workflows.TaskQueues;
import java.nio.file.Path;
import java.util.List;

/**
 * What a worker process is told.
 *
 * @param state where its artifact store and its logs are
 * @param catalogue folders whose pipelines may be run
 * @param dataRoots further folders that pipelines may read from
 * @param queue task queue of the training activities
 * @param slots devices, or CPU slots: as many training activities run at once
 */
public record WorkerSettings(
        WorkerRole role, StateFolder state, List<Path> catalogue, List<Path> dataRoots, String queue, int slots) {
    public WorkerSettings {
        catalogue = List.copyOf(catalogue);
        dataRoots = List.copyOf(dataRoots);
    }

    /** One slot on the queue that everyone uses. */
    public static WorkerSettings of(WorkerRole role, StateFolder state, List<Path> catalogue) {
        return new WorkerSettings(role, state, catalogue, List.of(), TaskQueues.TRAINING, 1);
    }
}
