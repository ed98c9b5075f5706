package dev.septet.workers.measure;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.llm.sandbox.InstalledProgram;
import dev.septet.workers.observe.ReadinessChecks;
import dev.septet.workers.server.ServerProbe;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.WorkerFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a worker process needs to work now: the Temporal server, pollers of its queues that the server knows, a store that
 * it can write, and the files of its own program.
 *
 * @param client client of its server
 * @param queues task queues that the process polls for activities
 * @param draining whether the process takes no new work
 */
public record WorkerReadiness(
        WorkflowClient client,
        WorkerFactory factory,
        List<String> queues,
        ArtifactStore store,
        BooleanSupplier draining) {
    private static final Duration ANSWER = Duration.ofSeconds(2);

    /** A write in a bucket costs money, and probes come every few seconds. */
    private static final Duration STORE_FRESH = Duration.ofSeconds(10);

    public WorkerReadiness {
        queues = List.copyOf(queues);
    }

    /** The checks, by the names of the parts. */
    public ReadinessChecks checks() {
        return checks(STORE_FRESH);
    }

    /** The checks; {@code storeFresh} is how long an answer of the store is valid. */
    ReadinessChecks checks(Duration storeFresh) {
        return new ReadinessChecks()
                .with("temporal", this::server)
                .with("pollers", this::pollers)
                .with("store", storeFresh, this::write)
                .with("program", () -> replaced(InstalledProgram.ofProcess()));
    }

    /** The problem when an upgrade has removed files of the program, from which this process starts child processes. */
    private static @Nullable String replaced(InstalledProgram program) {
        return program.missing()
                .map(gone -> "the program was replaced or removed: %s is gone. Restart the worker".formatted(gone))
                .orElse(null);
    }

    private @Nullable String server() {
        return ServerProbe.answers(client.getWorkflowServiceStubs(), ANSWER)
                ? null
                : "the Temporal server does not answer";
    }

    private @Nullable String pollers() {
        if (draining.getAsBoolean()) {
            return "the process is ending and takes no new work";
        }
        if (!factory.isStarted() || factory.isShutdown()) {
            return "the worker does not poll yet";
        }
        for (String queue : queues) {
            if (!polls(queue)) {
                return "the Temporal server knows no poller of this process on the queue " + queue;
            }
        }
        return null;
    }

    private boolean polls(String queue) {
        String identity = client.getOptions().getIdentity();
        try {
            return client
                    .getWorkflowServiceStubs()
                    .blockingStub()
                    .withDeadlineAfter(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                    .describeTaskQueue(DescribeTaskQueueRequest.newBuilder()
                            .setNamespace(client.getOptions().getNamespace())
                            .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                            .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                            .build())
                    .getPollersList()
                    .stream()
                    .anyMatch(poller -> poller.getIdentity().equals(identity));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                return true; // the server in memory has no list of pollers
            }
            throw e;
        }
    }

    /** Does what every activity does first. */
    private @Nullable String write() throws IOException {
        Fence fence = new Fence(
                "ready/" + ProcessHandle.current().pid() + "/"
                        + client.getOptions().getIdentity(),
                1);
        store.open(fence);
        store.release(fence);
        return null;
    }
}
