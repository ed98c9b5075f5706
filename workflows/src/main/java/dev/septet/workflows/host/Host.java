package dev.septet.workflows.host;

import dev.septet.workflows.TaskQueues;

/**
 * A state folder on a machine. It has the audit logs, the reviewed rows and the published folders of its pipelines.
 *
 * @param id random, created once with the state folder
 * @param name for people: the machine's name and the state folder
 */
public record Host(String id, String name) {
    /** The task queue that only workers of this state folder poll. */
    public String queue() {
        return TaskQueues.host(id);
    }
}
