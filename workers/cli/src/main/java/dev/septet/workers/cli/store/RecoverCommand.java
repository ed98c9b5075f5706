package dev.septet.workers.cli.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.deploy.VersionFolder;
import dev.septet.activities.forget.ErasureOrder;
import dev.septet.activities.recover.LostRuns;
import dev.septet.activities.recover.RunRecords;
import dev.septet.activities.result.DamagedRecord;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.option.WorkflowPresence;
import dev.septet.workers.local.Connection;
import dev.septet.workers.schedule.DesiredSchedule;
import dev.septet.workers.schedule.ScheduleChange;
import dev.septet.workers.schedule.ScheduleProblem;
import dev.septet.workers.schedule.Schedules;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.TaskQueues;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code septet recover}. */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "After the loss of the Temporal server's database: list the runs, monitors, schedules and open erasures that the"
                    + " store knows, and start them again on an empty server.",
            "",
            "Finished stages are reused, and a training continues from its newest checkpoint with the same bytes. Without"
                    + " --start, nothing is started. An erasure is started with `septet data forget`. If there is a backup"
                    + " of the database, restore it instead."
        })
public final class RecoverCommand implements Callable<Integer> {
    private static final String ERASURE = "erasure";

    private final Session session;

    @Option(
            names = "--start",
            description = "Start the runs that may have been in progress, the monitors and the schedules")
    private boolean start;

    @Option(
            names = "--run",
            paramLabel = "ID",
            description =
                    "Only the run with this workflow id, or run id. Repeatable. Monitors, schedules and erasures are left"
                            + " out")
    private List<String> only = new ArrayList<>();

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    public RecoverCommand(Session session) {
        this.session = session;
    }

    /** What became of a run, a monitor, a schedule or an erasure. */
    private enum State {
        /** It is on the server. */
        THERE,
        /** It ended before the loss. */
        ENDED,
        /** It can be started. */
        LOST,
        STARTED
    }

    @Override
    public Integer call() throws IOException {
        session.checkSettings();
        ArtifactStore store = session.existingStore();
        RunRecords records = new RunRecords(store);
        try (Connection connection = connection()) {
            List<Row> rows = new ArrayList<>();
            List<DamagedRecord> damaged = new ArrayList<>();
            for (LostRuns.Found found : LostRuns.in(store, damaged::add)) {
                if (only.isEmpty()
                        ? found.isNewest()
                        : only.contains(found.run().runId())
                                || (found.isNewest()
                                        && only.contains(found.run().workflowId()))) {
                    rows.add(run(connection, found));
                }
            }
            if (!only.isEmpty() && rows.isEmpty()) {
                damaged.forEach(record -> session.terminal().note(line(record)));
                throw new CliProblem(
                        ExitCode.NOT_FOUND,
                        "the store has no record of %s; `septet recover` lists the runs that it has"
                                .formatted(String.join(", ", only)));
            }
            if (only.isEmpty()) {
                for (RunRecords.Monitor monitor : records.monitors(damaged::add)) {
                    rows.add(monitor(connection, monitor));
                }
                rows.addAll(schedules(connection, records.schedules(damaged::add)));
                for (ErasureOrder order : ErasureOrder.open(store, damaged::add)) {
                    rows.add(erasure(connection, order));
                }
            }
            print(store, rows, damaged);
            boolean erasuresWait = start && rows.stream().anyMatch(Row::isLostErasure);
            return damaged.isEmpty() && !erasuresWait ? ExitCode.OK : ExitCode.RUN_FAILED;
        } catch (ScheduleProblem refused) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(refused.getMessage()));
        }
    }

    /** A line of the output. */
    private record Row(String kind, String id, State state, String about) {
        boolean isLostErasure() {
            return kind.equals(ERASURE) && state == State.LOST;
        }
    }

    /** A list without a server is of use too; null then. */
    private @Nullable Connection connection() throws IOException {
        try {
            return ServerConnector.any(session);
        } catch (CliProblem unreachable) {
            if (start || unreachable.exitCode() != ExitCode.SERVER_UNREACHABLE) {
                throw unreachable;
            }
            session.terminal().note("No Temporal server answers, so whether these are on it is not known.");
            return null;
        }
    }

    private Row run(@Nullable Connection connection, LostRuns.Found found) {
        RunRecords.Run run = found.run();
        Integer step = found.checkpointStep();
        String about = "of %s, started %s; results: %s%s"
                .formatted(
                        run.pipeline(),
                        Instant.ofEpochMilli(run.startedMillis()).truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
                        found.results().isEmpty() ? "none" : String.join(", ", found.results()),
                        step == null ? "" : String.format(Locale.ROOT, "; checkpoint at step %d", step));
        if (connection != null && isOpen(connection, run.workflowId())) {
            return new Row("run", run.workflowId(), State.THERE, about);
        }
        if (!found.mayBeOpen() && !only.contains(run.runId())) {
            return new Row("run", run.workflowId(), State.ENDED, about);
        }
        if (!start || connection == null) {
            return new Row("run", run.workflowId(), State.LOST, about);
        }
        PipelineRequest request = run.request();
        boolean resumed = request.resume() != null;
        PipelineRequest again = resumed ? request.resuming(null) : request;
        boolean started = started(
                connection,
                "Pipeline",
                run.workflowId(),
                "pipeline " + run.pipeline(),
                "Started by `septet recover` in place of run `%s`, whose history is lost.".formatted(run.runId()),
                again);
        return new Row(
                "run",
                run.workflowId(),
                started ? State.STARTED : State.THERE,
                about + (resumed ? "; it resumed another run, whose history is lost: all stages decide again" : ""));
    }

    private Row monitor(@Nullable Connection connection, RunRecords.Monitor monitor) {
        String about = String.format(
                Locale.ROOT,
                "model of run %s, %d checks",
                monitor.request().run().runId(),
                monitor.request().windows());
        if (connection != null && isOpen(connection, monitor.workflowId())) {
            return new Row("monitor", monitor.workflowId(), State.THERE, about);
        }
        if (!start || connection == null) {
            return new Row("monitor", monitor.workflowId(), State.LOST, about);
        }
        boolean started = started(
                connection,
                "Monitor",
                monitor.workflowId(),
                "watch " + monitor.request().spec().logName(),
                "Started by `septet recover`, after the loss of its history.",
                monitor.request());
        return new Row("monitor", monitor.workflowId(), started ? State.STARTED : State.THERE, about);
    }

    private List<Row> schedules(@Nullable Connection connection, List<RunRecords.Scheduled> recorded) {
        List<Row> rows = new ArrayList<>();
        if (connection == null) {
            recorded.forEach(schedule -> rows.add(new Row("schedule", schedule.pipeline(), State.LOST, "")));
            return rows;
        }
        List<DesiredSchedule> desired = recorded.stream()
                .map(schedule -> new DesiredSchedule(schedule.pipeline(), schedule.spec(), schedule.params()))
                .toList();
        Schedules schedules = new Schedules(connection);
        List<ScheduleChange> missing = schedules.plan(desired, false).stream()
                .filter(change -> change.action() != ScheduleChange.Action.LEFT)
                .toList();
        List<ScheduleChange> created = missing.stream()
                .filter(change -> change.action() == ScheduleChange.Action.CREATE)
                .toList();
        missing.stream()
                .filter(change -> change.action() != ScheduleChange.Action.CREATE)
                .forEach(change -> rows.add(new Row("schedule", change.id(), State.THERE, next(change))));
        (start ? schedules.apply(desired, created) : created)
                .forEach(change ->
                        rows.add(new Row("schedule", change.id(), start ? State.STARTED : State.LOST, next(change))));
        return rows;
    }

    /** The store has only digests of the rows, and no values of the pipeline's parameters, so a person starts it. */
    private static Row erasure(@Nullable Connection connection, ErasureOrder order) {
        State state = switch (WorkflowPresence.of(connection, order.workflowId())) {
            case OPEN -> State.THERE;
            case ENDED -> State.ENDED;
            case ABSENT, UNKNOWN -> State.LOST;
        };
        String about = String.format(Locale.ROOT, "%,d rows of %s", order.rows().size(), order.pipeline())
                + (state == State.THERE
                        ? ""
                        : ", not done; start it with `septet data forget FILE --order %s --yes`".formatted(order.id()));
        return new Row(ERASURE, order.workflowId(), state, about);
    }

    private static String next(ScheduleChange change) {
        return change.next() == null ? "" : "next run " + change.next();
    }

    private static boolean started(
            Connection connection, String type, String id, String summary, String details, Object request) {
        try {
            connection
                    .client()
                    .newUntypedWorkflowStub(
                            type,
                            WorkflowOptions.newBuilder()
                                    .setTaskQueue(TaskQueues.LIGHT)
                                    .setWorkflowId(id)
                                    .setWorkflowIdConflictPolicy(
                                            WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
                                    .setStaticSummary(summary)
                                    .setStaticDetails(details)
                                    .build())
                    .start(request);
            return true;
        } catch (WorkflowExecutionAlreadyStarted other) {
            return false;
        }
    }

    private static boolean isOpen(Connection connection, String workflowId) {
        return WorkflowPresence.of(connection, workflowId) == WorkflowPresence.OPEN;
    }

    private static String line(DamagedRecord record) {
        return "damaged   record   %s: %s".formatted(record.name(), record.why());
    }

    private void print(ArtifactStore store, List<Row> rows, List<DamagedRecord> damaged) throws IOException {
        Aliases aliases = new Aliases(store, session.environment());
        Terminal terminal = session.terminal();
        if (json) {
            ObjectNode node = SpecJson.mapper().createObjectNode();
            ArrayNode all = node.putArray("found");
            rows.forEach(row -> all.add(SpecJson.mapper().valueToTree(row)));
            node.set("damaged", SpecJson.mapper().valueToTree(damaged));
            ObjectNode live = node.putObject("live");
            for (String pipeline : aliases.pipelines()) {
                live.put(pipeline, aliases.history(pipeline).current());
            }
            terminal.print(node.toPrettyString());
            return;
        }
        for (Row row : rows) {
            terminal.print("%-9s %-8s %s%s"
                    .formatted(
                            row.state().name().toLowerCase(Locale.ROOT),
                            row.kind(),
                            row.id(),
                            row.about().isEmpty() ? "" : "  " + row.about()));
        }
        for (String pipeline : aliases.pipelines()) {
            String current = aliases.history(pipeline).current();
            if (current != null) {
                terminal.print("live      version  %s of %s".formatted(VersionFolder.version(current), pipeline));
            }
        }
        damaged.forEach(record -> terminal.print(line(record)));
        boolean lost = rows.stream().anyMatch(row -> row.state() == State.LOST && !row.isLostErasure());
        if (rows.isEmpty() && damaged.isEmpty()) {
            terminal.note("The store has no records of runs, monitors, schedules or open erasures.");
        } else if (lost) {
            terminal.note(
                    "Start what is lost with `septet recover --start`. A run that failed, or that was cancelled, before its evaluation is listed as lost too: choose runs with --run ID.");
        }
        if (rows.stream().anyMatch(Row::isLostErasure)) {
            terminal.note(
                    "Rows that are to be forgotten are still in the store. `--start` does not start an erasure, because its record has no values of the pipeline's parameters: start it with `septet data forget`, with the same parameters as before.");
        }
        if (!damaged.isEmpty()) {
            terminal.note(
                    "What the damaged records are about was not started. Start these runs with `septet run`, schedules with `septet apply` and erasures with `septet data forget`; a run of its pipeline starts a monitor. `septet verify --store` shows what else is damaged.");
        }
        if (rows.stream().anyMatch(row -> row.state() == State.STARTED)) {
            terminal.note(
                    "Answers to approvals and paused schedules were in the lost database: people answer again, and pause again.");
        }
    }
}
