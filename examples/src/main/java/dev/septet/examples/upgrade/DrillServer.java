package dev.septet.examples.upgrade;

import com.google.protobuf.ByteString;
import dev.septet.workers.deployment.Deployments;
import dev.septet.workers.deployment.VersionState;
import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.version.WorkerVersion;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.TaskQueues;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.WorkflowTaskFailedCause;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.CountWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** What the drill asks the server. */
record DrillServer(Connection connection) {
    private static final Duration ANSWER = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofMinutes(20);
    private static final int PAGE = 500;

    /** The version of the server's program. */
    String version() {
        return ServerProbe.version(connection.stubs(), ANSWER)
                .orElseThrow(() -> new IllegalStateException("the Temporal server does not answer"));
    }

    /** Starts a run. */
    WorkflowStub begin(String pipeline) {
        WorkflowStub run = connection
                .client()
                .newUntypedWorkflowStub(
                        "Pipeline",
                        WorkflowOptions.newBuilder()
                                .setWorkflowId(pipeline)
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build());
        run.start(PipelineRequest.named(pipeline));
        return run;
    }

    PipelineReport result(String pipeline) throws TimeoutException {
        return connection
                .client()
                .newUntypedWorkflowStub(pipeline)
                .getResult(PATIENCE.toSeconds(), TimeUnit.SECONDS, PipelineReport.class);
    }

    /** Waits. A server that is away does not matter. */
    static void await(String what, BooleanSupplier reached) throws InterruptedException, TimeoutException {
        long limit = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                if (reached.getAsBoolean()) {
                    return;
                }
            } catch (StatusRuntimeException away) {
                // asked again below
            }
            if (System.nanoTime() > limit) {
                throw new TimeoutException("waited in vain for " + what);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    void awaitWorkers(WorkerVersion version) throws InterruptedException, TimeoutException {
        await(
                "workers of " + version.text(),
                () -> versions().stream()
                        .anyMatch(state -> state.version().equals(version)
                                && state.workers().getOrDefault(TaskQueues.LIGHT, 0) > 0
                                && state.workers().getOrDefault(TaskQueues.TRAINING, 0) > 0));
    }

    List<VersionState> versions() {
        return new Deployments(connection)
                .all().stream()
                        .flatMap(deployment -> deployment.versions().stream())
                        .toList();
    }

    long count(String query) {
        return connection
                .stubs()
                .blockingStub()
                .countWorkflowExecutions(CountWorkflowExecutionsRequest.newBuilder()
                        .setNamespace(connection.server().namespace())
                        .setQuery(query)
                        .build())
                .getCount();
    }

    List<WorkflowExecutionInfo> list(String query) {
        List<WorkflowExecutionInfo> all = new ArrayList<>();
        ByteString next = ByteString.EMPTY;
        do {
            ListWorkflowExecutionsResponse page = connection
                    .stubs()
                    .blockingStub()
                    .listWorkflowExecutions(ListWorkflowExecutionsRequest.newBuilder()
                            .setNamespace(connection.server().namespace())
                            .setPageSize(PAGE)
                            .setNextPageToken(next)
                            .setQuery(query)
                            .build());
            all.addAll(page.getExecutionsList());
            next = page.getNextPageToken();
        } while (!next.isEmpty());
        return all;
    }

    /** Whether a worker runs an activity of a workflow now. */
    boolean computes(String workflowId) {
        return connection
                .stubs()
                .blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(connection.server().namespace())
                        .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                        .build())
                .getPendingActivitiesList()
                .stream()
                .anyMatch(activity -> activity.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED);
    }

    /** The build that completed the last workflow task of a workflow. */
    String build(String workflowId) {
        return connection
                .client()
                .newUntypedWorkflowStub(workflowId)
                .describe()
                .getWorkflowExecutionInfo()
                .getVersioningInfo()
                .getDeploymentVersion()
                .getBuildId();
    }

    /** How many workflow tasks failed because a version could not replay the workflow. */
    long failedTasks(String workflowId) {
        return connection.client().fetchHistory(workflowId).getEvents().stream()
                .filter(event -> event.getWorkflowTaskFailedEventAttributes().getCause()
                        == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR)
                .count();
    }
}
