package dev.septet.workflows;

import dev.septet.dsl.pipeline.ResourcesSpec;

/** Names of the task queues: a public contract. */
public final class TaskQueues {
    /** Workflows and light activities. */
    public static final String LIGHT = "septet";

    /** Training and generation, on a GPU slot, or on a CPU slot when there is no GPU. */
    public static final String TRAINING = "septet-gpu";

    private static final String HOST = "septet@";

    private TaskQueues() {}

    /**
     * The queue of activities that need the files of one state folder.
     *
     * @param id id of the state folder
     */
    public static String host(String id) {
        return HOST + id;
    }

    /** Whether a queue is that of a state folder's files. */
    public static boolean isHost(String queue) {
        return queue.startsWith(HOST);
    }

    /** The queue of the stages that need the engine. */
    public static String training(ResourcesSpec resources) {
        String queue = resources.queue();
        return queue == null ? TRAINING : queue;
    }
}
