package dev.septet.workers.cli.ui.view;

import dev.septet.activities.audit.AuditReader;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.report.PipelineVersion;
import dev.septet.activities.report.PipelineVersions;
import dev.septet.activities.report.RunCost;
import dev.septet.activities.report.VersionTrends;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.OpenRuns;
import dev.septet.workers.cli.run.RunFailure;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.cli.run.RunRow;
import dev.septet.workers.cli.run.RunSnapshot;
import dev.septet.workers.cli.status.RunFile;
import dev.septet.workers.cli.status.RunFilter;
import dev.septet.workers.local.Connection;
import dev.septet.workers.schedule.Schedules;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineStatus;
import dev.septet.workflows.SearchTags;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.monitor.MonitorStatus;
import dev.septet.workflows.retrain.Trigger;
import dev.septet.workflows.summary.RunFacts;
import dev.septet.workflows.train.TrainStatus;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what is known of one pipeline. */
final class PipelineReader {
    private static final int VERSIONS = 20;
    private static final int RUNS = 20;
    private static final int OPEN = 10;
    private static final int RETRAINED = 10;
    private static final int EXPLAINED = 5;
    private static final int MILLIS = 2500;
    private static final int REMEMBERED = 2000;

    private final Session session;
    private final ServerLink link;

    /** Files of the store never change, so each is read once. */
    private final Map<String, RunFile> files = bounded();

    private final Map<String, List<Approval>> approvals = bounded();
    private final Map<String, String> failures = bounded();

    PipelineReader(Session session, ServerLink link) {
        this.session = session;
        this.link = link;
    }

    private static <V> Map<String, V> bounded() {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > REMEMBERED;
            }
        });
    }

    /**
     * Reads it.
     *
     * @param server the lists of all pipelines, which may be older
     * @param away why the server cannot be reached; null when it answers
     */
    PipelineView read(String pipeline, ServerFacts server, @Nullable String away) throws IOException {
        List<String> remarks = new ArrayList<>();
        List<PipelineView.OpenRun> open = List.of();
        List<PipelineView.Run> runs = List.of();
        PipelineView.Monitor monitor = null;
        Connection connection = null;
        if (away == null) {
            connection = link.open();
            runs = withFailures(connection, runs(connection, named(pipeline, "Pipeline"), RUNS));
            open = open(connection, server.open(pipeline));
            if (open.stream().anyMatch(run -> run.stages() == null)) {
                remarks.add("No worker answers at the moment, so the stages are not shown.");
            }
            RunRow found = server.monitors().get(pipeline);
            monitor = found == null ? null : monitor(connection, pipeline, found);
        }
        AliasHistory alias = AliasHistory.EMPTY;
        List<PipelineView.Version> versions = List.of();
        List<PipelineVersion> stored = List.of();
        boolean valid = pipeline.matches(PipelineSpec.NAME_PATTERN); // other names would be paths
        if (valid && session.hasStore()) {
            alias = new Aliases(session.store(), session.environment()).history(pipeline);
            stored = new PipelineVersions(session.store(), pipeline).newest(VERSIONS);
            versions = versions(stored, alias.current(), connection);
        }
        Schedules.Listed schedule = server.schedules().get(pipeline);
        List<AliasHistory.Move> moves = new ArrayList<>(alias.moves());
        Collections.reverse(moves);
        return new PipelineView(
                pipeline,
                open,
                runs,
                versions,
                stored.isEmpty()
                        ? List.of()
                        : VersionTrends.of(stored, stored.get(stored.size() - 1).scores()),
                cost(versions),
                alias.current(),
                alias.targets().stream().map(AliasHistory.Target::folder).toList(),
                moves.subList(0, Math.min(RUNS, moves.size())),
                monitor,
                schedule == null ? null : schedule(schedule),
                server.questions().stream()
                        .filter(question -> question.pipeline().equals(pipeline))
                        .toList(),
                valid && feedback(pipeline),
                remarks);
    }

    /** What the newest evaluated runs of a pipeline cost. */
    CostSum costs(String pipeline) throws IOException {
        if (!pipeline.matches(PipelineSpec.NAME_PATTERN) || !session.hasStore()) { // other names would be paths
            return CostSum.of(List.of());
        }
        List<RunCost> costs = new ArrayList<>();
        for (PipelineVersion version : new PipelineVersions(session.store(), pipeline).newest(CostsView.RUNS)) {
            RunFile file = file(version.record());
            RunCost cost = file == null ? null : file.cost();
            if (cost != null) {
                costs.add(cost);
            }
        }
        return CostSum.of(costs);
    }

    private static String named(String pipeline, String type) {
        return "WorkflowType = '%s' AND %s = %s"
                .formatted(type, SearchTags.PIPELINE.getName(), RunFilter.quoted(pipeline));
    }

    private List<PipelineView.Run> runs(Connection connection, String query, int most) {
        return OpenRuns.find(connection, query, most).stream()
                .map(run -> new PipelineView.Run(run, null, link.page(connection, run.workflowId(), run.runId())))
                .toList();
    }

    /** The newest runs with the reasons of those that did not succeed. */
    private List<PipelineView.Run> withFailures(Connection connection, List<PipelineView.Run> runs) {
        long deadline = deadline();
        Map<String, Future<String>> asked = new LinkedHashMap<>();
        for (PipelineView.Run each : runs.subList(0, Math.min(EXPLAINED, runs.size()))) {
            RunRow run = each.run();
            if (run.ended() != null && !failures.containsKey(run.runId())) {
                asked.put(
                        run.runId(),
                        link.begin(() -> RunFailure.message(new RunHandle(connection, run.workflowId(), run.runId()))
                                .orElse("")));
            }
        }
        asked.forEach((run, call) -> {
            String failure = ServerLink.within(call, deadline);
            if (failure != null) {
                failures.put(run, failure);
            }
        });
        return runs.stream()
                .map(each -> {
                    String failure = failures.getOrDefault(each.run().runId(), "");
                    return new PipelineView.Run(each.run(), failure.isEmpty() ? null : failure, each.ui());
                })
                .toList();
    }

    private List<PipelineView.OpenRun> open(Connection connection, List<RunRow> runs) {
        List<RunRow> newest = runs.subList(0, Math.min(OPEN, runs.size()));
        long deadline = deadline();
        List<Future<PipelineView.OpenRun>> calls = newest.stream()
                .map(run -> link.begin(() -> open(connection, run)))
                .toList();
        List<PipelineView.OpenRun> found = new ArrayList<>();
        for (int at = 0; at < calls.size(); at++) {
            PipelineView.OpenRun run = ServerLink.within(calls.get(at), deadline);
            RunRow row = newest.get(at);
            found.add(
                    run != null
                            ? run
                            : new PipelineView.OpenRun(
                                    row, null, List.of(), null, link.page(connection, row.workflowId(), row.runId())));
        }
        return found;
    }

    private PipelineView.OpenRun open(Connection connection, RunRow run) {
        RunSnapshot snapshot = new RunHandle(connection, run.workflowId(), run.runId()).snapshot();
        PipelineStatus stages = snapshot.stages();
        return new PipelineView.OpenRun(
                run,
                stages,
                snapshot.activities(),
                stages == null ? null : paused(connection, stages),
                link.page(connection, run.workflowId(), run.runId()));
    }

    private static @Nullable Boolean paused(Connection connection, PipelineStatus stages) {
        for (StageStatus stage : stages.stages()) {
            if (stage.stage() == Stage.TRAIN && stage.state() == StageStatus.State.RUNNING) {
                TrainStatus status = connection
                        .client()
                        .newUntypedWorkflowStub(stage.workflowId())
                        .query("status", TrainStatus.class);
                return status.state() == TrainStatus.State.PAUSED;
            }
        }
        return null;
    }

    private PipelineView.Monitor monitor(Connection connection, String pipeline, RunRow found) {
        MonitorStatus status = link.within(
                MILLIS,
                () -> connection
                        .client()
                        .newUntypedWorkflowStub(found.workflowId())
                        .query("status", MonitorStatus.class));
        String caused = "%s AND %s IN ('%s', '%s')"
                .formatted(
                        named(pipeline, "Pipeline"),
                        SearchTags.TRIGGER.getName(),
                        Trigger.DRIFT.word(),
                        Trigger.FEEDBACK.word());
        return new PipelineView.Monitor(
                found.workflowId(),
                found.drift(),
                status,
                runs(connection, caused, RETRAINED),
                link.page(connection, found.workflowId(), found.runId()));
    }

    private List<PipelineView.Version> versions(
            List<PipelineVersion> oldestFirst, @Nullable String live, @Nullable Connection connection) {
        List<PipelineView.Version> versions = new ArrayList<>();
        long deadline = deadline();
        Map<String, Future<List<Approval>>> asked = new LinkedHashMap<>();
        for (int at = oldestFirst.size() - 1; at >= 0; at--) {
            PipelineVersion version = oldestFirst.get(at);
            RunFile file = file(version.record());
            RunFacts facts = file == null ? null : file.facts();
            if (connection != null
                    && facts != null
                    && version.published() != null
                    && !approvals.containsKey(version.runId())) {
                asked.put(
                        version.runId(),
                        link.begin(() -> approvals(new RunHandle(connection, facts.workflowId(), version.runId()))));
            }
        }
        asked.forEach((run, call) -> {
            List<Approval> found = ServerLink.within(call, deadline);
            if (found != null) {
                approvals.put(run, found);
            }
        });
        for (int at = oldestFirst.size() - 1; at >= 0; at--) {
            PipelineVersion version = oldestFirst.get(at);
            RunFile file = file(version.record());
            RunFacts facts = file == null ? null : file.facts();
            versions.add(new PipelineView.Version(
                    version.name(),
                    version,
                    version.published() != null && version.published().equals(live),
                    file == null ? null : file.cost(),
                    facts == null ? "" : facts.trigger().word(),
                    facts == null ? "" : facts.why(),
                    Objects.requireNonNullElse(approvals.get(version.runId()), List.of())));
        }
        return versions;
    }

    private static List<Approval> approvals(RunHandle run) {
        PipelineReport report = run.result();
        return report.deployment() == null ? List.of() : report.deployment().approvals();
    }

    private @Nullable RunFile file(@Nullable ArtifactRef record) {
        if (record == null) {
            return null;
        }
        RunFile known = files.get(record.sha256());
        if (known == null) {
            known = RunFile.of(session, record).orElse(null);
            if (known != null) {
                files.put(record.sha256(), known);
            }
        }
        return known;
    }

    /** The sum of the costs; prices in several currencies have no sum. */
    static PipelineView.@Nullable Cost cost(List<PipelineView.Version> versions) {
        List<RunCost> costs = versions.stream()
                .flatMap(version -> Stream.ofNullable(version.cost()))
                .toList();
        if (costs.isEmpty()) {
            return null;
        }
        CostSum sum = CostSum.of(costs);
        boolean allPriced = costs.stream().allMatch(cost -> cost.pricePerHour() != null);
        String price = sum.machines().entrySet().stream()
                .map(machines -> machines.getValue().toPlainString() + " " + machines.getKey())
                .collect(Collectors.joining(", "));
        String energy = costs.stream()
                .flatMap(cost -> Stream.ofNullable(cost.kilowattHours()))
                .reduce(BigDecimal::add)
                .map(hours -> hours.stripTrailingZeros().toPlainString())
                .orElse(null);
        return new PipelineView.Cost(
                sum.runs(),
                sum.machineMillis(),
                allPriced && sum.machines().size() == 1 ? price : null,
                energy,
                sum.use());
    }

    private static PipelineView.Schedule schedule(Schedules.Listed listed) {
        return new PipelineView.Schedule(
                listed.id(),
                listed.next() == null ? null : listed.next().toString(),
                !listed.paused() ? null : listed.note().isEmpty() ? "no reason given" : listed.note());
    }

    private boolean feedback(String pipeline) {
        try {
            return AuditReader.isLog(session.auditLogs().folder(pipeline));
        } catch (IOException | RuntimeException unreadable) {
            return false; // an unknown name, or a log of another machine
        }
    }

    private static long deadline() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
    }
}
