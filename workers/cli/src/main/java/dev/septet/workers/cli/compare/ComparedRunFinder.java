package dev.septet.workers.cli.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.comparison.ComparedRun;
import dev.septet.activities.evaluate.comparison.ResultsFile;
import dev.septet.activities.evaluate.form.FormsReport;
import dev.septet.activities.report.PipelineVersions;
import dev.septet.activities.result.EarlierRun;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.OpenRuns;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.cli.run.RunRow;
import dev.septet.workers.cli.run.RunSnapshot;
import dev.septet.workers.cli.status.ReportFiles;
import dev.septet.workers.cli.status.RunFile;
import dev.septet.workers.cli.status.RunReports;
import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerProblem;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DeploymentRef;
import dev.septet.workflows.artifact.EvaluationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds runs by what a user names: the folder of an evaluation, a file of results, a workflow id, a run id, or a pipeline.
 * Files need neither a server nor a store; without a server, a pipeline or a run id is looked for in the store.
 */
final class ComparedRunFinder implements AutoCloseable {
    private static final Pattern RUN_ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Session session;
    private @Nullable Connection connection;
    private @Nullable String unreachable;

    ComparedRunFinder(Session session) {
        this.session = session;
    }

    /**
     * The run with a name.
     *
     * @throws CliProblem NOT_FOUND when there is none, or it has not been evaluated
     */
    FoundRun find(String named) throws IOException {
        Optional<FoundRun> file = file(named);
        if (file.isPresent()) {
            return file.get();
        }
        Connection server = server();
        if (server != null) {
            Optional<FoundRun> known = known(server, named);
            if (known.isPresent()) {
                return known.get();
            }
        }
        if (session.hasStore()) {
            Optional<StoredRun> stored = StoredRun.find(session.store(), named);
            if (stored.isPresent()) {
                StoredRun run = stored.get();
                String source = "run %s in the store".formatted(run.runId());
                Optional<RunFile> recorded =
                        PipelineVersions.page(session.store(), run.runId()).flatMap(page -> RunFile.of(session, page));
                recorded.ifPresent(run.facts()::with);
                PipelineSpec spec = recorded.map(RunFile::spec).orElse(null);
                return found(named, source, run.runId(), run.evaluation(), spec, run.facts());
            }
        }
        String where = unreachable == null ? "" : " The server was not asked: " + unreachable;
        throw new CliProblem(
                ExitCode.NOT_FOUND,
                "no evaluated run '%s': it is no folder of an evaluation, no file of results, no run of the server and not in the store. `septet runs` lists the runs.%s"
                        .formatted(named, where));
    }

    private Optional<FoundRun> file(String named) throws IOException {
        Path path;
        try {
            path = Path.of(named);
        } catch (InvalidPathException noPath) {
            return Optional.empty();
        }
        if (Files.isDirectory(path)) {
            Path results = path.resolve(ResultsFile.NAME);
            if (!Files.isRegularFile(results, LinkOption.NOFOLLOW_LINKS)) {
                if (named.contains("/")) {
                    throw new CliProblem(
                            ExitCode.NOT_FOUND,
                            "%s: has no %s, so it is not the folder of an evaluation"
                                    .formatted(named, ResultsFile.NAME));
                }
                return Optional.empty(); // a run may have the name of a folder
            }
            return Optional.of(ofFile(named, results, path));
        }
        if (!named.endsWith(".json") && !named.contains("/")) {
            return Optional.empty(); // a run may have the name of a file
        }
        if (!Files.isRegularFile(path)) {
            if (named.endsWith(".json")) {
                throw new CliProblem(ExitCode.NOT_FOUND, "%s: no such file".formatted(named));
            }
            return Optional.empty();
        }
        JsonNode root = ResultsFile.json(path);
        if (root.has("report") && root.has("results")) {
            return Optional.of(printed(named, path, root));
        }
        Path parent = path.toAbsolutePath().getParent();
        boolean beside = parent != null && path.endsWith(ResultsFile.NAME);
        return Optional.of(ofFile(named, path, beside ? parent : null));
    }

    private static FoundRun ofFile(String named, Path results, @Nullable Path folder) throws IOException {
        Optional<RunFile> run = folder == null ? Optional.empty() : RunFile.read(folder);
        StageFacts facts = new StageFacts();
        run.ifPresent(facts::with);
        if (folder != null) {
            FormsReport.read(folder).ifPresent(facts::with);
        }
        return new FoundRun(
                new ComparedRun(
                        named,
                        results.toString(),
                        ResultsFile.read(results),
                        folder,
                        run.map(RunFile::spec).map(SpecDigest::tree).orElse(null),
                        facts.all()),
                results.toRealPath().toString());
    }

    /** The output of {@code septet report --json}: results without predictions, with what the other stages recorded. */
    private static FoundRun printed(String named, Path path, JsonNode root) throws IOException {
        try {
            PipelineReport report = SpecJson.mapper().treeToValue(root.path("report"), PipelineReport.class);
            return new FoundRun(
                    new ComparedRun(
                            named,
                            path.toString(),
                            ResultsFile.of(root.path("results"), path.toString()),
                            null,
                            null,
                            facts(report).all()),
                    path.toRealPath().toString());
        } catch (JsonProcessingException other) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "%s: its report is not one of `septet report --json`; print it again".formatted(path));
        }
    }

    private Optional<FoundRun> known(Connection server, String named) throws IOException {
        RunHandle handle = new RunHandle(server, named, "");
        Optional<RunSnapshot> state = RunReports.snapshot(handle);
        if (state.isEmpty() && RUN_ID.matcher(named).matches()) {
            List<RunRow> rows = OpenRuns.find(server, "RunId = '%s'".formatted(named), 1);
            if (!rows.isEmpty()) {
                handle = new RunHandle(server, rows.get(0).workflowId(), named);
                state = RunReports.snapshot(handle);
            }
        }
        if (state.isEmpty()) {
            return Optional.empty();
        }
        RunSnapshot snapshot = state.get();
        PipelineReport report = RunReports.of(handle, snapshot);
        EvaluationReport evaluation = report.evaluation();
        if (evaluation == null) {
            throw new CliProblem(ExitCode.NOT_FOUND, named + " has not been evaluated");
        }
        PipelineSpec spec = EarlierRun.spec(server.client(), handle.workflowId(), snapshot.runId())
                .orElse(null);
        DeploymentRef deployment = report.deployment();
        StageFacts facts = facts(report)
                .with(
                        deployment == null
                                ? null
                                : new ReportFiles(session).forms(deployment).orElse(null))
                .with(snapshot)
                .with(spec, report.setup());
        RunFile.of(session, report.page()).ifPresent(facts::with);
        String source =
                "run %s on %s".formatted(snapshot.runId(), server.server().address());
        return Optional.of(found(named, source, snapshot.runId(), evaluation.artifact(), spec, facts));
    }

    private static StageFacts facts(PipelineReport report) {
        DeploymentRef deployment = report.deployment();
        return new StageFacts()
                .with(report.dataset())
                .with(report.model())
                .with(report.checkpoint())
                .exported(deployment == null ? null : deployment.artifact());
    }

    private FoundRun found(
            String named,
            String source,
            String runId,
            ArtifactRef evaluation,
            @Nullable PipelineSpec spec,
            StageFacts facts)
            throws IOException {
        Path folder;
        try {
            if (!session.hasStore() || !session.store().holds(evaluation)) {
                throw new CliProblem(
                        ExitCode.RUN_FAILED,
                        "%s: its evaluation is not in this machine's store. Set SEPTET_STORE to the store of the workers, or name a copy of its folder %s"
                                .formatted(named, evaluation.uri()));
            }
            folder = session.store().fetch(evaluation);
        } catch (CorruptArtifactException damaged) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED, "%s: %s. Run the pipeline again".formatted(named, damaged.getMessage()));
        }
        return new FoundRun(
                new ComparedRun(
                        named,
                        source,
                        ResultsFile.read(folder.resolve(ResultsFile.NAME)),
                        folder,
                        spec == null ? null : SpecDigest.tree(spec),
                        facts.all()),
                runId);
    }

    private @Nullable Connection server() throws IOException {
        if (connection == null && unreachable == null) {
            try {
                connection = ServerConnector.any(session);
            } catch (CliProblem | ServerProblem away) {
                unreachable = String.valueOf(away.getMessage());
            }
        }
        return connection;
    }

    @Override
    public void close() {
        Connection open = connection;
        if (open != null) {
            open.close();
        }
    }
}
