package dev.septet.workers.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.freva.asciitable.AsciiTable;

import dev.septet.dsl.spec.SpecJson;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.Progress;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.Waiting;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code septet status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Show the newest runs, or how one run stands.")
final class StatusCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            arity = "0..1",
            paramLabel = "RUN",
            description = "The run's workflow id: the pipeline's name for a run of `septet run`")
    private @Nullable String run;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    StatusCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        try (Connection connection = Reach.any(session)) {
            String wanted = run;
            if (wanted == null) {
                list(OpenRuns.newest(connection));
            } else {
                one(new RunHandle(connection, wanted, ""));
            }
        }
        return ExitCode.OK;
    }

    private void list(List<WorkflowExecutionInfo> runs) {
        if (json) {
            ArrayNode array = SpecJson.mapper().createArrayNode();
            for (WorkflowExecutionInfo info : runs) {
                array.addObject()
                        .put("workflowId", info.getExecution().getWorkflowId())
                        .put("runId", info.getExecution().getRunId())
                        .put("state", StateWords.of(info.getStatus()))
                        .put("started", started(info));
            }
            session.terminal().print(array.toPrettyString());
            return;
        }
        if (runs.isEmpty()) {
            session.terminal().note("no runs yet");
            return;
        }
        session.terminal()
                .print(
                        AsciiTable.getTable(
                                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS_NO_OUTSIDE_BORDER,
                                new String[] {"run", "state", "started", "run id"},
                                null,
                                runs.stream()
                                        .map(
                                                info ->
                                                        new String[] {
                                                            info.getExecution().getWorkflowId(),
                                                            StateWords.of(info.getStatus()),
                                                            started(info),
                                                            info.getExecution().getRunId()
                                                        })
                                        .toArray(String[][]::new)));
    }

    private void one(RunHandle handle) {
        RunSnapshot snapshot;
        try {
            snapshot = handle.snapshot();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                throw new CliProblem(
                        ExitCode.NOT_FOUND,
                        "no run '%s' on %s. `septet status` lists the runs."
                                .formatted(
                                        handle.workflowId(),
                                        handle.connection().server().address()));
            }
            throw e;
        }
        if (json) {
            ObjectNode node = SpecJson.mapper().createObjectNode();
            node.put("workflowId", handle.workflowId());
            node.put("state", StateWords.of(snapshot.state()));
            node.set("stages", SpecJson.mapper().valueToTree(LinesView.stages(snapshot)));
            PipelineStatus known = snapshot.stages();
            node.set(
                    "waiting",
                    SpecJson.mapper().valueToTree(known == null ? null : known.waiting()));
            node.set("activities", SpecJson.mapper().valueToTree(snapshot.activities()));
            session.terminal().print(node.toPrettyString());
            return;
        }
        print(handle, snapshot);
    }

    private void print(RunHandle handle, RunSnapshot snapshot) {
        Terminal terminal = session.terminal();
        terminal.print("%s: %s".formatted(handle.workflowId(), StateWords.of(snapshot.state())));
        for (StageStatus stage : LinesView.stages(snapshot)) {
            terminal.print(
                    String.format(
                                    Locale.ROOT,
                                    "  %s%-8s %s",
                                    StageChanges.label(stage.stage()),
                                    stage.state().name().toLowerCase(Locale.ROOT),
                                    stage.detail())
                            .stripTrailing());
        }
        PipelineStatus stages = snapshot.stages();
        Waiting waiting = stages == null ? null : stages.waiting();
        if (waiting != null) {
            terminal.print("  waits: " + waiting.reason());
            waiting.answers().forEach(answer -> terminal.print("    " + answer));
        }
        for (LiveActivity activity : snapshot.activities()) {
            Progress progress = activity.progress();
            if (progress != null) {
                terminal.print(
                        "  now: %s, attempt %d".formatted(progress.line(), activity.attempt()));
            }
            if (activity.waiting()) {
                handle.queue(activity.workflowId())
                        .filter(queue -> !Pollers.any(handle.connection(), queue))
                        .ifPresent(
                                queue ->
                                        terminal.print(
                                                "  waits: no worker polls the task queue `%s`"
                                                        .formatted(queue)));
            }
        }
        if (snapshot.stages() == null && !Pollers.any(handle.connection(), TaskQueues.LIGHT)) {
            terminal.print(
                    "  waits: no worker polls the task queue `%s`".formatted(TaskQueues.LIGHT));
        }
    }

    private static String started(WorkflowExecutionInfo info) {
        return Instant.ofEpochSecond(info.getStartTime().getSeconds()).toString();
    }
}
