package dev.septet.workers.cli.audit;

import dev.septet.workers.cli.option.Session;
import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.server.ServerRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.monitor.AuditHead;
import dev.septet.workflows.monitor.Observation;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.converter.DataConverterException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The audit log heads that a pipeline's monitor recorded in its workflow history. */
record NotedHeads(Session session) {
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /**
     * Number of executions that are read, because a monitor continues as new before its history
     * becomes long.
     */
    private static final int MAX_EXECUTIONS = 3;

    /** All heads that are found; empty when no server answers. */
    Optional<List<AuditHead>> of(String pipeline) throws IOException {
        Optional<ServerRef> server = session.servers().find();
        if (server.isEmpty()) {
            return Optional.empty();
        }
        try (Connection connection = Connection.open(server.get())) {
            return ServerProbe.answers(connection.stubs(), ANSWER)
                    ? Optional.of(of(connection, pipeline + "/" + Stage.MONITOR.word()))
                    : Optional.empty();
        }
    }

    private static List<AuditHead> of(Connection connection, String id) {
        List<AuditHead> heads = new ArrayList<>();
        String run = "";
        for (int execution = 0; execution < MAX_EXECUTIONS; execution++) {
            List<HistoryEvent> events;
            try {
                events = run.isEmpty()
                        ? connection.client().fetchHistory(id).getEvents()
                        : connection.client().fetchHistory(id, run).getEvents();
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                    break; // no monitor, or its history is older than the retention period
                }
                throw e;
            }
            for (HistoryEvent event : events) {
                if (event.hasActivityTaskCompletedEventAttributes()) {
                    head(
                                    connection,
                                    event.getActivityTaskCompletedEventAttributes()
                                            .getResult())
                            .ifPresent(heads::add);
                }
            }
            run = events.get(0).getWorkflowExecutionStartedEventAttributes().getContinuedExecutionRunId();
            if (run.isEmpty()) {
                break;
            }
        }
        return heads;
    }

    private static Optional<AuditHead> head(Connection connection, Payloads result) {
        try {
            return Optional.ofNullable(connection
                            .client()
                            .getOptions()
                            .getDataConverter()
                            .fromPayloads(0, Optional.of(result), Observation.class, Observation.class))
                    .map(Observation::head);
        } catch (DataConverterException anotherActivity) {
            return Optional.empty();
        }
    }
}
