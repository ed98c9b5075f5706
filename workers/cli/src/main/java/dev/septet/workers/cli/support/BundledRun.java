package dev.septet.workers.cli.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run's status, its stages' keys and sizes, its events, failures and pending activities. No payload is read. */
record BundledRun(PublicWords words, Connection connection, String workflowId) {
    /** Events of one workflow that are listed; the others are counted. */
    private static final int EVENTS = 1000;

    private static final int CAUSES = 12;

    /** Adds the parts of the run. */
    void addTo(BundleFile bundle) {
        words.add(workflowId);
        RunHandle run = new RunHandle(connection, workflowId, "");
        List<String> workflows = new ArrayList<>(List.of(workflowId));
        PipelineStatus status = run.status();
        if (status == null) {
            bundle.leaveOut("run/status.json", "no worker answers, or there is no such run");
        } else {
            words.add(status.runId());
            bundle.add("run/status.json", "states of the run's stages", status(status, run.report()));
            status.stages().stream()
                    .map(StageStatus::workflowId)
                    .filter(id -> !id.isEmpty())
                    .forEach(workflows::add);
        }
        workflows.forEach(words::add);
        for (String id : workflows) {
            String name =
                    "run/history-%s.json".formatted(id.equals(workflowId) ? "pipeline" : id.replaceAll(".*/", ""));
            try {
                bundle.add(name, "types of events, failures, and pending activities; no payloads", history(id));
            } catch (StatusRuntimeException problem) {
                bundle.leaveOut(
                        name,
                        problem.getStatus().getCode() == Status.Code.NOT_FOUND
                                ? "the server has no run of this id"
                                : "the server answered " + problem.getStatus().getCode());
            }
        }
    }

    private ObjectNode status(PipelineStatus status, Optional<PipelineReport> report) {
        ObjectNode node = SpecJson.mapper().createObjectNode();
        node.put("workflowId", workflowId);
        node.put("runId", status.runId());
        node.put("specDigest", status.specDigest());
        ArrayNode stages = node.putArray("stages");
        for (StageStatus stage : status.stages()) {
            ObjectNode one = stages.addObject();
            one.put("stage", stage.stage().word());
            one.put("state", stage.state().name());
            one.put("detail", words.of(stage.detail()));
            report.ifPresent(known -> addResult(one, known, stage.stage()));
        }
        return node;
    }

    /** The stage's key, and the digests and sizes of its artifacts. */
    private static void addResult(ObjectNode into, PipelineReport report, Stage stage) {
        Object result = report.of(stage);
        if (result == null || result instanceof String) {
            return;
        }
        JsonNode tree = SpecJson.mapper().valueToTree(result);
        JsonNode origin = tree.path("origin");
        if (origin.isObject()) {
            into.put("key", origin.path("key").asText());
            into.put("reused", origin.hasNonNull("reusedFrom"));
        }
        ArrayNode artifacts = into.putArray("artifacts");
        tree.forEach(value -> {
            if (value.hasNonNull("sha256") && value.hasNonNull("sizeBytes")) {
                artifacts
                        .addObject()
                        .put("sha256", value.path("sha256").asText())
                        .put("bytes", value.path("sizeBytes").asLong());
            }
        });
    }

    private ObjectNode history(String id) {
        List<HistoryEvent> events = connection.client().fetchHistory(id).getEvents();
        ObjectNode node = SpecJson.mapper().createObjectNode();
        Map<EventType, Integer> counts = new EnumMap<>(EventType.class);
        events.forEach(event -> counts.merge(event.getEventType(), 1, Integer::sum));
        ObjectNode numbers = node.putObject("numbers");
        counts.forEach((type, number) -> numbers.put(word(type), number));
        ArrayNode listed = node.putArray("events");
        for (HistoryEvent event : events.subList(Math.max(0, events.size() - EVENTS), events.size())) {
            ObjectNode one = listed.addObject();
            one.put("id", event.getEventId());
            one.put(
                    "time",
                    Instant.ofEpochSecond(event.getEventTime().getSeconds()).toString());
            one.put("type", word(event.getEventType()));
            if (event.hasActivityTaskScheduledEventAttributes()) {
                one.put(
                        "activity",
                        words.of(event.getActivityTaskScheduledEventAttributes()
                                .getActivityType()
                                .getName()));
            }
            if (event.hasActivityTaskStartedEventAttributes()) {
                one.put("attempt", event.getActivityTaskStartedEventAttributes().getAttempt());
                add(one, event.getActivityTaskStartedEventAttributes().getLastFailure());
            }
            add(one, failure(event));
        }
        addPending(node.putArray("pendingActivities"), id);
        return node;
    }

    /** A failed attempt that is retried is in no event before the activity ends. */
    private void addPending(ArrayNode into, String id) {
        DescribeWorkflowExecutionResponse workflow = connection
                .stubs()
                .blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(connection.server().namespace())
                        .setExecution(WorkflowExecution.newBuilder().setWorkflowId(id))
                        .build());
        for (PendingActivityInfo activity : workflow.getPendingActivitiesList()) {
            ObjectNode one = into.addObject();
            one.put("activity", words.of(activity.getActivityType().getName()));
            one.put("state", word(activity.getState().name(), "PENDING_ACTIVITY_STATE_"));
            one.put("attempt", activity.getAttempt());
            if (activity.hasLastFailure()) {
                add(one, activity.getLastFailure());
            }
        }
    }

    private static @Nullable Failure failure(HistoryEvent event) {
        return switch (event.getEventType()) {
            case EVENT_TYPE_WORKFLOW_EXECUTION_FAILED ->
                event.getWorkflowExecutionFailedEventAttributes().getFailure();
            case EVENT_TYPE_WORKFLOW_TASK_FAILED ->
                event.getWorkflowTaskFailedEventAttributes().getFailure();
            case EVENT_TYPE_ACTIVITY_TASK_FAILED ->
                event.getActivityTaskFailedEventAttributes().getFailure();
            case EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT ->
                event.getActivityTaskTimedOutEventAttributes().getFailure();
            case EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED ->
                event.getChildWorkflowExecutionFailedEventAttributes().getFailure();
            case EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED ->
                event.getWorkflowExecutionUpdateCompletedEventAttributes()
                        .getOutcome()
                        .getFailure();
            default -> null;
        };
    }

    private void add(ObjectNode into, @Nullable Failure failure) {
        if (failure == null || failure.equals(Failure.getDefaultInstance())) {
            return;
        }
        ArrayNode chain = into.putArray("failure");
        Failure at = failure;
        for (int depth = 0; depth < CAUSES; depth++) {
            ObjectNode one = chain.addObject();
            one.put("message", words.of(at.getMessage()));
            if (at.hasApplicationFailureInfo()) {
                one.put("type", words.of(at.getApplicationFailureInfo().getType()));
                one.put("retryable", !at.getApplicationFailureInfo().getNonRetryable());
            } else {
                one.put("type", at.getFailureInfoCase().name().toLowerCase(Locale.ROOT));
            }
            if (!at.hasCause()) {
                return;
            }
            at = at.getCause();
        }
    }

    private static String word(EventType type) {
        return word(type.name(), "EVENT_TYPE_");
    }

    private static String word(String name, String prefix) {
        return name.replace(prefix, "").toLowerCase(Locale.ROOT);
    }
}
