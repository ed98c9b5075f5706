package dev.septet.workers.cli.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.septet.activities.authority.Authority;
import dev.septet.activities.authority.RunKey;
import dev.septet.activities.result.EarlierRun;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.RunRef;
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
import io.temporal.common.converter.DataConverterException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which open workflows and schedules use which keys, as the server knows it.
 *
 * @param tickets workflow ids, by the id of the key that made their ticket; {@code ?} for a ticket of no accepted key
 * @param payloads workflow ids and schedule ids, by the name of the key that encrypted one of their payloads
 */
record KeyUses(Map<String, List<String>> tickets, Map<String, List<String>> payloads) {
    private static final String KEY_ID = "encryption-key-id";
    private static final String FOLLOW = "follow";
    private static final int PAGE = 200;

    /** Asks the server. */
    static KeyUses of(Connection connection, RunKey key) {
        KeyUses uses = new KeyUses(new TreeMap<>(), new TreeMap<>());
        OpenWorkflows open = new OpenWorkflows(connection);
        for (WorkflowExecutionInfo info : open.all()) {
            String id = info.getExecution().getWorkflowId();
            TreeSet<String> names = new TreeSet<>();
            RunRef watched = null;
            for (HistoryEvent event : open.history(info.getExecution())) {
                collect(event, names);
                if (info.getType().getName().equals("Monitor")) {
                    watched = Objects.requireNonNullElse(followed(connection, event), watched == null ? NONE : watched);
                }
            }
            names.forEach(name -> add(uses.payloads(), name, id));
            RunRef run = info.getType().getName().equals("Pipeline")
                    ? EarlierRun.resolved(
                                    connection.client(), id, info.getExecution().getRunId())
                            .orElse(null)
                    : watched;
            if (run != null && run.ticket() != null) {
                add(uses.tickets(), Objects.requireNonNullElse(Authority.ticketKey(key, run), "?"), id);
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

    private static final RunRef NONE = new RunRef("", "", "", "");

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
    private static @Nullable RunRef followed(Connection connection, HistoryEvent event) {
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
        try {
            @Nullable
            MonitorRequest request = connection
                    .client()
                    .getOptions()
                    .getDataConverter()
                    .fromPayloads(0, Optional.of(input), MonitorRequest.class, MonitorRequest.class);
            return request == null ? null : request.run();
        } catch (DataConverterException unreadable) {
            return null;
        }
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
