package dev.septet.activities.result;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.catalog.ResolvedPipeline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A run from the server's history.
 *
 * @param request the request that started it
 * @param resolved its pipeline file at that time
 * @param report results of its stages
 */
public record EarlierRun(PipelineRequest request, ResolvedPipeline resolved, PipelineReport report) {
    /**
     * Reads the run from its history; its report needs a running worker.
     *
     * @param runId empty = the newest run of that workflow id
     * @throws StageProblem INVALID_PIPELINE when there is no such run, or it never read its file
     */
    public static EarlierRun of(WorkflowClient client, String workflowId, String runId) {
        try {
            DataConverter converter = client.getOptions().getDataConverter();
            List<HistoryEvent> events = client.fetchHistory(workflowId, runId).getEvents();
            HistoryEvent first = events.get(0);
            if (!first.hasWorkflowExecutionStartedEventAttributes()
                    || !first.getWorkflowExecutionStartedEventAttributes()
                            .getWorkflowType()
                            .getName()
                            .equals("Pipeline")) {
                throw StageProblem.invalid("'%s' is not a run of a pipeline".formatted(workflowId));
            }
            WorkflowTargetOptions.Builder target =
                    WorkflowTargetOptions.newBuilder().setWorkflowId(workflowId);
            if (!runId.isEmpty()) {
                target.setRunId(runId);
            }
            WorkflowStub stub = client.newUntypedWorkflowStub(target.build(), Optional.of("Pipeline"));
            return new EarlierRun(
                    read(
                            converter,
                            first.getWorkflowExecutionStartedEventAttributes().getInput(),
                            PipelineRequest.class),
                    resolved(converter, workflowId, events),
                    stub.query("report", PipelineReport.class));
        } catch (WorkflowNotFoundException none) {
            throw unknown(workflowId, runId);
        } catch (StatusRuntimeException e) {
            Status.Code code = e.getStatus().getCode();
            if (code == Status.Code.NOT_FOUND || code == Status.Code.INVALID_ARGUMENT) {
                throw unknown(workflowId, runId);
            }
            throw e;
        }
    }

    /**
     * The spec of a run from its history alone, so that no worker is needed.
     *
     * @param runId empty = the newest run of that workflow id
     * @return empty when there is no such run, or it never read its file
     */
    public static Optional<PipelineSpec> spec(WorkflowClient client, String workflowId, String runId) {
        try {
            List<HistoryEvent> events = client.fetchHistory(workflowId, runId).getEvents();
            return Optional.of(resolved(client.getOptions().getDataConverter(), workflowId, events)
                    .spec());
        } catch (StageProblem | WorkflowNotFoundException | StatusRuntimeException | DataConverterException unknown) {
            return Optional.empty();
        }
    }

    /**
     * The references of all pipelines that a workflow has read so far: its own, and those whose rows or published versions it
     * works on.
     *
     * @throws DataConverterException when a pipeline that it read cannot be decoded
     */
    public static List<RunRef> allResolved(DataConverter converter, List<HistoryEvent> events) {
        Set<Long> scheduled = events.stream()
                .filter(EarlierRun::readsPipeline)
                .map(HistoryEvent::getEventId)
                .collect(Collectors.toSet());
        return events.stream()
                .filter(HistoryEvent::hasActivityTaskCompletedEventAttributes)
                .map(HistoryEvent::getActivityTaskCompletedEventAttributes)
                .filter(done -> scheduled.contains(done.getScheduledEventId()))
                .map(done -> read(converter, done.getResult(), ResolvedPipeline.class)
                        .run())
                .toList();
    }

    private static boolean readsPipeline(HistoryEvent event) {
        return event.hasActivityTaskScheduledEventAttributes()
                && event.getActivityTaskScheduledEventAttributes()
                        .getActivityType()
                        .getName()
                        .equals("Resolve");
    }

    /** The server's run id. */
    public String runId() {
        return resolved.run().runId();
    }

    private static ResolvedPipeline resolved(DataConverter converter, String workflowId, List<HistoryEvent> events) {
        Optional<Long> scheduled = events.stream()
                .filter(EarlierRun::readsPipeline)
                .map(HistoryEvent::getEventId)
                .findFirst();
        return events.stream()
                .filter(HistoryEvent::hasActivityTaskCompletedEventAttributes)
                .map(HistoryEvent::getActivityTaskCompletedEventAttributes)
                .filter(done -> scheduled.isPresent() && done.getScheduledEventId() == scheduled.get())
                .findFirst()
                .map(done -> read(converter, done.getResult(), ResolvedPipeline.class))
                .orElseThrow(() -> StageProblem.invalid(
                        "run '%s' never read its file, so there is nothing to resume".formatted(workflowId)));
    }

    private static <T> T read(DataConverter converter, Payloads payloads, Class<T> type) {
        return java.util.Objects.requireNonNull(converter.fromPayloads(0, Optional.of(payloads), type, type));
    }

    private static StageProblem unknown(String workflowId, String runId) {
        return StageProblem.invalid("there is no run '%s'%s on this server"
                .formatted(workflowId, runId.isEmpty() ? "" : " with run id " + runId));
    }
}
