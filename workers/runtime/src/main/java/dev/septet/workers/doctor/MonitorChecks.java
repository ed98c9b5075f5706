package dev.septet.workers.doctor;

import dev.septet.activities.catalog.Catalog;
import dev.septet.activities.catalog.CatalogEntry;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineFile;
import dev.septet.workers.StateFolder;
import dev.septet.workers.local.CatalogueFile;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.Stage;
import dev.septet.workflows.TaskQueues;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.common.v1.WorkflowType;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.StartWorkflowExecutionRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Checks whether the monitors of published pipelines run, and whether their checks succeed.
 *
 * @param fix whether to restart monitors that do not run
 */
record MonitorChecks(
        Connection connection, StateFolder state, ArtifactStore store, Map<String, String> environment, boolean fix) {
    private static final String TYPE = "Monitor";

    /**
     * Failed attempts from which on a check is reported. A single failed attempt may be an
     * accident.
     */
    private static final int FAILING = 3;

    List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        try {
            for (String pipeline : monitored()) {
                findings.add(finding(pipeline));
            }
        } catch (IOException | RuntimeException e) {
            findings.add(Finding.warn(
                    "monitor",
                    "the monitors cannot be checked: " + e.getMessage(),
                    "check that the server answers, and that the catalogue can be read"));
        }
        return findings;
    }

    /** Published pipelines of the catalogue whose file has a monitor block. */
    private List<String> monitored() throws IOException {
        List<String> published = new Aliases(store, environment).pipelines();
        List<String> monitored = new ArrayList<>();
        for (CatalogEntry entry : new Catalog(new CatalogueFile(state).read()).entries()) {
            String name = entry.pipelineName();
            if (published.contains(name) && !monitored.contains(name) && hasMonitor(entry)) {
                monitored.add(name);
            }
        }
        return monitored;
    }

    private static boolean hasMonitor(CatalogEntry entry) {
        try {
            return PipelineCompiler.compile(PipelineFile.read(entry.file()), Map.of())
                    .spec()
                    .filter(spec -> spec.monitor() != null)
                    .isPresent();
        } catch (IOException unreadable) {
            return false; // `septet lint` reports it
        }
    }

    private Finding finding(String pipeline) {
        String id = pipeline + "/" + Stage.MONITOR.word();
        Optional<DescribeWorkflowExecutionResponse> found = described(id);
        boolean running = found.filter(there -> there.getWorkflowExecutionInfo().getStatus()
                        == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING)
                .isPresent();
        if (!running) {
            return dead(id, found.isPresent());
        }
        for (PendingActivityInfo activity : found.orElseThrow().getPendingActivitiesList()) {
            if (activity.getAttempt() >= FAILING && activity.hasLastFailure()) {
                return Finding.warn(
                        "monitor",
                        String.format(
                                Locale.ROOT,
                                "%s runs, but its checks fail, the last %d times with: %s",
                                id,
                                activity.getAttempt() - 1,
                                activity.getLastFailure().getMessage()),
                        "repair what the failure names; the monitor then continues");
            }
        }
        return Finding.ok("monitor", id + " runs");
    }

    private Finding dead(String id, boolean known) {
        String found = "%s does not run, but the pipeline is published and its file has a monitor block".formatted(id);
        if (fix && known) {
            startAgain(id);
            return Finding.ok("monitor", found + "; it was started again where it ended");
        }
        return Finding.warn(
                "monitor",
                found,
                known ? "`septet doctor --fix` starts it again" : "the next run of the pipeline starts it");
    }

    /**
     * Starts the monitor with the stored input of its last execution: the model, the position in
     * the log and the cool-down. The payload is passed on as stored, whatever codec encoded it.
     */
    private void startAgain(String id) {
        Payloads input = connection
                .client()
                .fetchHistory(id)
                .getEvents()
                .get(0)
                .getWorkflowExecutionStartedEventAttributes()
                .getInput();
        connection
                .stubs()
                .blockingStub()
                .startWorkflowExecution(StartWorkflowExecutionRequest.newBuilder()
                        .setNamespace(connection.server().namespace())
                        .setRequestId(UUID.randomUUID().toString())
                        .setIdentity("septet doctor")
                        .setWorkflowId(id)
                        .setWorkflowType(WorkflowType.newBuilder().setName(TYPE))
                        .setTaskQueue(TaskQueue.newBuilder().setName(TaskQueues.LIGHT))
                        .setInput(input)
                        .build());
    }

    private Optional<DescribeWorkflowExecutionResponse> described(String id) {
        try {
            return Optional.of(connection
                    .stubs()
                    .blockingStub()
                    .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                            .setNamespace(connection.server().namespace())
                            .setExecution(WorkflowExecution.newBuilder().setWorkflowId(id))
                            .build()));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
