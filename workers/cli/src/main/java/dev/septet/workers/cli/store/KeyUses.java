package dev.septet.workers.cli.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.septet.activities.authority.Authority;
import dev.septet.activities.authority.RunKey;
import dev.septet.activities.result.EarlierRun;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.candidate.CandidateTrainingWorkflow;
import dev.septet.workflows.monitor.MonitorRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.schedule.v1.ScheduleListEntry;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeScheduleRequest;
import io.temporal.api.workflowservice.v1.ListSchedulesRequest;
import io.temporal.api.workflowservice.v1.ListSchedulesResponse;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import io.temporal.payload.codec.PayloadCodecException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which open workflows and schedules use which keys, as the server knows it.
 *
 * @param tickets workflow ids, by the id of the key that made their ticket; {@code ?} for a ticket of no accepted key
 * @param payloads workflow ids and schedule ids, by the name of the key that encrypted one of their payloads
 * @param unread ids of workflows whose ticket cannot be read, because their payloads cannot
 */
record KeyUses(
        Map<String, List<String>> tickets,
        Map<String, List<String>> payloads,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> unread) {
    private static final String KEY_ID = "encryption-key-id";
    private static final String FOLLOW = "follow";
    private static final int PAGE = 200;

    /** Types of the children of a run. A child that is being cancelled may be open after its run. */
    private static final Set<String> CHILDREN = Set.of(
            "Prepare", "Initialize", "Setup", "Train", "Evaluate", "Deploy", "Trial", CandidateTrainingWorkflow.TYPE);

    private static final RunRef NONE = new RunRef("", "", "", "");

    /**
     * Asks the server. A workflow that has ended and left meanwhile uses no key; any other failure leaves its keys unknown.
     *
     * @throws StatusRuntimeException when the server refuses or does not answer
     */
    static KeyUses of(Connection connection, RunKey key) {
        KeyUses uses = new KeyUses(new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
        OpenWorkflows open = new OpenWorkflows(connection);
        for (WorkflowExecutionInfo info : open.all()) {
            try {
                uses.add(connection, key, info, open.history(info.getExecution()));
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
                    throw e;
                }
            }
        }
        for (String id : schedules(connection)) {
            TreeSet<String> names = new TreeSet<>();
            collect(
                    connection
                            .stubs()
                            .blockingStub()
                            .describeSchedule(DescribeScheduleRequest.newBuilder()
                                    .setNamespace(connection.server().namespace())
                                    .setScheduleId(id)
                                    .build()),
                    names);
            names.forEach(name -> add(uses.payloads(), name, "schedule " + id));
        }
        return uses;
    }

    private void add(Connection connection, RunKey key, WorkflowExecutionInfo info, List<HistoryEvent> events) {
        String id = info.getExecution().getWorkflowId();
        TreeSet<String> names = new TreeSet<>();
        events.forEach(event -> collect(event, names));
        names.forEach(name -> add(payloads, name, id));
        DataConverter converter = connection.client().getOptions().getDataConverter();
        try {
            List<RunRef> runs = switch (info.getType().getName()) {
                case "Pipeline", "Forget" -> EarlierRun.allResolved(converter, events);
                case "Monitor" -> List.of(watched(converter, events));
                default -> CHILDREN.contains(info.getType().getName()) ? started(converter, events) : List.of();
            };
            runs.stream()
                    .filter(run -> run.ticket() != null)
                    .map(run -> Objects.requireNonNullElse(Authority.ticketKey(key, run), "?"))
                    .distinct()
                    .forEach(made -> add(tickets, made, id));
        } catch (DataConverterException | PayloadCodecException | IllegalArgumentException unreadable) {
            unread.add(id);
        }
    }

    /** The runs of a stage, a trial or a candidate's training, which get their tickets with their input. */
    private static List<RunRef> started(DataConverter converter, List<HistoryEvent> events) {
        List<RunRef> runs = new ArrayList<>();
        for (HistoryEvent event : events) {
            if (event.hasWorkflowExecutionStartedEventAttributes()) {
                Payloads input =
                        event.getWorkflowExecutionStartedEventAttributes().getInput();
                @Nullable
                JsonNode request = input.getPayloadsCount() == 0
                        ? null
                        : converter.fromPayloads(0, Optional.of(input), JsonNode.class, JsonNode.class);
                if (request != null) {
                    for (JsonNode run : request.findParents("ticket")) {
                        runs.add(SpecJson.mapper().convertValue(run, RunRef.class));
                    }
                }
            }
        }
        return runs;
    }

    /** The run whose model a monitor watches now. */
    private static RunRef watched(DataConverter converter, List<HistoryEvent> events) {
        RunRef watched = NONE;
        for (HistoryEvent event : events) {
            watched = Objects.requireNonNullElse(followed(converter, event), watched);
        }
        return watched;
    }

    private static void add(Map<String, List<String>> uses, String key, String id) {
        uses.computeIfAbsent(key, none -> new ArrayList<>()).add(id);
    }

    private static List<String> schedules(Connection connection) {
        try {
            List<String> ids = new ArrayList<>();
            ByteString next = ByteString.EMPTY;
            do {
                ListSchedulesResponse page = connection
                        .stubs()
                        .blockingStub()
                        .listSchedules(ListSchedulesRequest.newBuilder()
                                .setNamespace(connection.server().namespace())
                                .setMaximumPageSize(PAGE)
                                .setNextPageToken(next)
                                .build());
                page.getSchedulesList().stream()
                        .map(ScheduleListEntry::getScheduleId)
                        .forEach(ids::add);
                next = page.getNextPageToken();
            } while (!next.isEmpty());
            return ids;
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                return List.of();
            }
            throw e;
        }
    }

    /** The run whose model a monitor watches from this event on; null when the event does not change it. */
    private static @Nullable RunRef followed(DataConverter converter, HistoryEvent event) {
        Payloads input = event.hasWorkflowExecutionStartedEventAttributes()
                ? event.getWorkflowExecutionStartedEventAttributes().getInput()
                : event.getWorkflowExecutionSignaledEventAttributes()
                                .getSignalName()
                                .equals(FOLLOW)
                        ? event.getWorkflowExecutionSignaledEventAttributes().getInput()
                        : null;
        if (input == null) {
            return null;
        }
        @Nullable
        MonitorRequest request =
                converter.fromPayloads(0, Optional.of(input), MonitorRequest.class, MonitorRequest.class);
        return request == null ? null : request.run();
    }

    /** Collects the names of the keys of all payloads in a message. */
    static void collect(Message message, TreeSet<String> names) {
        if (message instanceof Payload payload) {
            ByteString name = payload.getMetadataMap().get(KEY_ID);
            if (name != null) {
                names.add(name.toStringUtf8());
            }
            return;
        }
        for (Object value : message.getAllFields().values()) {
            for (Object each : value instanceof List<?> list ? list : List.of(value)) {
                if (each instanceof Message inner) {
                    collect(inner, names);
                }
            }
        }
    }
}
