package dev.septet.workers.cli.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.protobuf.ByteString;
import dev.septet.activities.retention.OpenWork;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.monitor.MonitorRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.common.converter.DataConverterException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The open workflows of a server, and what they need in the store. */
record OpenWorkflows(Connection connection) {
    private static final String MONITOR = "Monitor";
    private static final String FORGET = "Forget";

    /** The signal by which a monitor changes to another model. */
    private static final String FOLLOW = "follow";

    /** Workflow types that may refer to anything that was used since they started. */
    private static final Set<String> RUNS =
            Set.of("Pipeline", "Prepare", "Initialize", "Setup", "Train", "Evaluate", "Deploy", "Trial");

    private static final int PAGE = 200;
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    /**
     * Asks the server.
     *
     * @throws CliProblem RUN_FAILED when it has no list, when an erasure is open, or when what a monitor needs cannot be read
     */
    OpenWork find() {
        Set<String> runIds = new HashSet<>();
        Set<String> artifacts = new TreeSet<>();
        Instant oldest = null;
        for (WorkflowExecutionInfo info : listed()) {
            String type = info.getType().getName();
            String id = info.getExecution().getWorkflowId();
            if (type.equals(FORGET)) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        "the erasure %s is open, and deletes from the store itself; run `septet gc` after it has ended"
                                .formatted(id));
            }
            if (type.equals(MONITOR)) {
                runIds.add(info.getExecution().getRunId());
                artifacts.addAll(needs(info.getExecution()));
            } else if (RUNS.contains(type)) {
                runIds.add(info.getExecution().getRunId());
                Instant start = Instant.ofEpochSecond(info.getStartTime().getSeconds());
                oldest = oldest == null || start.isBefore(oldest) ? start : oldest;
            }
        }
        return new OpenWork(oldest, runIds, artifacts);
    }

    private List<WorkflowExecutionInfo> listed() {
        try {
            return all();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        "the server %s has no list of runs, so the needs of open runs are not known; nothing was deleted. Install the Temporal CLI (https://docs.temporal.io/cli) and start `septet dev` again"
                                .formatted(connection.server().address()));
            }
            throw e;
        }
    }

    /** All open workflows. */
    List<WorkflowExecutionInfo> all() {
        List<WorkflowExecutionInfo> open = new ArrayList<>();
        ByteString next = ByteString.EMPTY;
        do {
            ListWorkflowExecutionsResponse page = connection
                    .stubs()
                    .blockingStub()
                    .listWorkflowExecutions(ListWorkflowExecutionsRequest.newBuilder()
                            .setNamespace(connection.server().namespace())
                            .setPageSize(PAGE)
                            .setNextPageToken(next)
                            .setQuery("ExecutionStatus = 'Running'")
                            .build());
            open.addAll(page.getExecutionsList());
            next = page.getNextPageToken();
        } while (!next.isEmpty());
        return open;
    }

    /** All events of a workflow's history. */
    List<HistoryEvent> history(WorkflowExecution workflow) {
        List<HistoryEvent> events = new ArrayList<>();
        ByteString next = ByteString.EMPTY;
        do {
            GetWorkflowExecutionHistoryResponse page = connection
                    .stubs()
                    .blockingStub()
                    .getWorkflowExecutionHistory(GetWorkflowExecutionHistoryRequest.newBuilder()
                            .setNamespace(connection.server().namespace())
                            .setExecution(workflow)
                            .setNextPageToken(next)
                            .build());
            events.addAll(page.getHistory().getEventsList());
            next = page.getNextPageToken();
        } while (!next.isEmpty());
        return events;
    }

    /** The artifacts that a monitor's input names, and those that later requests to follow another model name. */
    private Set<String> needs(WorkflowExecution monitor) {
        Set<String> needs = new TreeSet<>();
        for (HistoryEvent event : history(monitor)) {
            if (event.hasWorkflowExecutionStartedEventAttributes()) {
                needs.addAll(named(
                        monitor,
                        event.getWorkflowExecutionStartedEventAttributes().getInput()));
            } else if (event.getWorkflowExecutionSignaledEventAttributes()
                    .getSignalName()
                    .equals(FOLLOW)) {
                needs.addAll(named(
                        monitor,
                        event.getWorkflowExecutionSignaledEventAttributes().getInput()));
            }
        }
        return needs;
    }

    private Set<String> named(WorkflowExecution monitor, Payloads input) {
        try {
            @Nullable
            MonitorRequest request = connection
                    .client()
                    .getOptions()
                    .getDataConverter()
                    .fromPayloads(0, Optional.of(input), MonitorRequest.class, MonitorRequest.class);
            return digests(SpecJson.mapper().writeValueAsString(Objects.requireNonNull(request)));
        } catch (DataConverterException | JsonProcessingException unreadable) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "the input of the monitor %s cannot be read, so its needs are not known; nothing was deleted. Give this command the codec settings of the workers (SEPTET_CODEC_KEYS)"
                            .formatted(monitor.getWorkflowId()));
        }
    }

    /** All sha256 digests in a text. */
    static Set<String> digests(String text) {
        Set<String> digests = new TreeSet<>();
        Matcher digest = DIGEST.matcher(text);
        while (digest.find()) {
            digests.add(digest.group());
        }
        return digests;
    }
}
