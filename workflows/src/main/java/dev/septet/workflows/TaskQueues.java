package dev.septet.workflows;

import dev.septet.dsl.spec.ResourcesSpec;

/** Names of the task queues: a public contract. */
public final class TaskQueues {
    /** Workflows and light activities. */
    public static final String LIGHT = "septet";

    /** Training and generation, on a GPU slot or, where there is none, on a CPU slot. */
    public static final String TRAINING = "septet-gpu";

    private TaskQueues() {}

    /** The queue of the stages that need the engine. */
    public static String training(ResourcesSpec resources) {
        String queue = resources.queue();
        return queue == null ? TRAINING : queue;
    }
}
