package dev.septet.workers.cli.ui.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workers.cli.run.LiveActivity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Workers, their queues, and what runs where.
 *
 * @param work activities of open runs
 * @param remarks what is wrong, or left out, one sentence each
 */
public record QueuesView(List<Queue> queues, List<Work> work, List<String> remarks) {
    /**
     * A task queue.
     *
     * @param use what it is for
     * @param host the machine whose workers poll it; null for a queue of all machines
     * @param missing what to do when no worker polls it; null when one does
     * @param waiting tasks that wait for a worker; null where the server does not count them
     * @param oldestSeconds age of the oldest of them
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Queue(
            String name,
            String use,
            @Nullable String host,
            List<Worker> workers,
            @Nullable String missing,
            @Nullable Long waiting,
            @Nullable Long oldestSeconds) {
        public Queue {
            workers = List.copyOf(workers);
        }
    }

    /**
     * A worker that polls a queue.
     *
     * @param identity its process and machine, as it calls itself
     * @param secondsAgo seconds since its last poll
     * @param used slots in use; null where the worker does not report them
     * @param free free slots
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Worker(
            String identity,
            long secondsAgo,
            @Nullable Integer used,
            @Nullable Integer free) {
        /** Whether it polled within the time in which a live worker polls. */
        public boolean polls() {
            return secondsAgo <= QueueReader.SILENT_SECONDS;
        }
    }

    /** An activity of a run. */
    public record Work(String run, String pipeline, LiveActivity activity) {}

    public QueuesView {
        queues = List.copyOf(queues);
        work = List.copyOf(work);
        remarks = List.copyOf(remarks);
    }
}
