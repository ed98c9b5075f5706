package dev.septet.workers.doctor;

import dev.septet.workers.local.Connection;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Priority;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.common.v1.WorkflowType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueRequest;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse;
import io.temporal.api.workflowservice.v1.StartWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.TerminateWorkflowExecutionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether the server dispatches tasks of one priority fairly. No request tells it, so the probe queues the tasks of
 * two keys on a task queue of its own, and looks at the order in which the server gives them out. It ends what it started.
 */
record FairnessProbe(Connection connection) {
    /** What the probe starts; no worker knows this type. */
    private static final String TYPE = "SeptetFairnessProbe";

    private static final int CROWD = 4;
    private static final int SECONDS = 10;

    /** What the server does. */
    enum Answer {
        FAIR,
        /** The one task of the second key came after all tasks of the first key. */
        IN_ORDER,
        UNKNOWN
    }

    Answer ask() {
        String queue = "septet-doctor-" + UUID.randomUUID();
        List<WorkflowExecution> started = new ArrayList<>();
        try {
            for (int crowd = 0; crowd < CROWD; crowd++) {
                started.add(start(queue, "crowd", crowd));
            }
            WorkflowExecution late = start(queue, "late", CROWD);
            started.add(late);
            for (int place = 0; place < CROWD; place++) {
                PollWorkflowTaskQueueResponse task = connection
                        .stubs()
                        .blockingStub()
                        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                        .pollWorkflowTaskQueue(PollWorkflowTaskQueueRequest.newBuilder()
                                .setNamespace(namespace())
                                .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                                .setIdentity("septet-doctor")
                                .build());
                if (task.getWorkflowExecution().getWorkflowId().equals(late.getWorkflowId())) {
                    return Answer.FAIR;
                }
                if (task.getTaskToken().isEmpty()) {
                    return Answer.UNKNOWN;
                }
            }
            return Answer.IN_ORDER;
        } catch (StatusRuntimeException refused) {
            return Answer.UNKNOWN;
        } finally {
            started.forEach(this::end);
        }
    }

    private WorkflowExecution start(String queue, String key, int number) {
        String id = queue + "/" + number;
        String run = connection
                .stubs()
                .blockingStub()
                .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                .startWorkflowExecution(StartWorkflowExecutionRequest.newBuilder()
                        .setNamespace(namespace())
                        .setRequestId(UUID.randomUUID().toString())
                        .setWorkflowId(id)
                        .setWorkflowType(WorkflowType.newBuilder().setName(TYPE))
                        .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                        .setPriority(Priority.newBuilder().setPriorityKey(3).setFairnessKey(key))
                        .build())
                .getRunId();
        return WorkflowExecution.newBuilder().setWorkflowId(id).setRunId(run).build();
    }

    private void end(WorkflowExecution started) {
        try {
            var unused = connection
                    .stubs()
                    .blockingStub()
                    .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                    .terminateWorkflowExecution(TerminateWorkflowExecutionRequest.newBuilder()
                            .setNamespace(namespace())
                            .setWorkflowExecution(started)
                            .setReason("septet doctor has its answer")
                            .build());
        } catch (StatusRuntimeException gone) {
            // It has ended already, or the server does not answer any more.
        }
    }

    private String namespace() {
        return connection.server().namespace();
    }
}
