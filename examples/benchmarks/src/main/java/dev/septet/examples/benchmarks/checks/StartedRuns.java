package dev.septet.examples.benchmarks.checks;

import com.google.protobuf.Timestamp;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.TaskQueues;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Instant;
import java.util.List;

/** Starts runs on a server whose workers serve the benchmark's pipelines. */
record StartedRuns(Connection connection) {
    private static final long POLL_MILLIS = 500;

    /** Waits until a worker polls each of the two task queues. */
    void awaitWorkers() throws InterruptedException {
        for (String queue : List.of(TaskQueues.LIGHT, TaskQueues.TRAINING)) {
            while (!Pollers.any(connection, queue)) {
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    /** Starts a run under this workflow id. */
    WorkflowStub begin(String id, PipelineRequest request) {
        WorkflowStub run = connection
                .client()
                .newUntypedWorkflowStub(
                        "Pipeline",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(id)
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build());
        run.start(request);
        return run;
    }

    /** The time of an event, in ms since 1970. */
    static long millis(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toEpochMilli();
    }
}
