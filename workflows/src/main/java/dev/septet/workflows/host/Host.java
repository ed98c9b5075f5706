package dev.septet.workflows.host;

import dev.septet.workflows.TaskQueues;

/**
 * A state folder on a machine: there lie the audit logs, the reviewed rows and the published
 * folders of the pipelines that it is the host of.
 *
 * @param id random, made once with the state folder
 * @param name for people: the machine's name and the state folder
 */
public record Host(String id, String name) {
    /** The task queue that only workers of this state folder poll. */
    public String queue() {
        return TaskQueues.host(id);
    }
}
