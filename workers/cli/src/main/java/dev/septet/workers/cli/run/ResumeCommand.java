package dev.septet.workers.cli.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.catalog.Catalog;
import dev.septet.activities.catalog.CatalogEntry;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.result.EarlierRun;
import dev.septet.activities.resume.ResumeCheck;
import dev.septet.activities.resume.WordVerdict;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.FormatProblem;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.DataOption;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ParamOption;
import dev.septet.workers.cli.option.PipelineArgument;
import dev.septet.workers.cli.option.PortOption;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.steer.RunningStage;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStatus;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.resume.Resume;
import dev.septet.workflows.setup.SetupReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code septet resume}. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Continue an ended run from one of its stages, with the file as it is now.",
            "",
            "Results of the earlier stages are reused. This stage and the later ones run again,"
                    + " even when a finished result exists. The command first prints what changed"
                    + " since, and whether the changes allow a resume. When they do not, nothing is"
                    + " started."
        })
public final class ResumeCommand implements Callable<Integer> {
    private final Session session;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "RUN",
            description = "The run's workflow id: the pipeline's name for a run of `septet run`")
    private String run = "";

    @Option(names = "--from", paramLabel = "STAGE", required = true, description = "The first stage that runs again")
    private String from = "";

    @Option(
            names = "--run-id",
            paramLabel = "ID",
            description = "An older run of that workflow id. Default: the newest")
    private String runId = "";

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "The pipeline file. Default: the file that the run read")
    private @Nullable Path file;

    @Mixin
    private ParamOption params = new ParamOption();

    @Option(names = "--dry-run", description = "Only print what it would do")
    private boolean dryRun;

    @Option(names = "--detach", description = "Start the run and return without waiting")
    private boolean detach;

    @Option(names = "--json", description = "Print the verdicts, and the result, as JSON")
    private boolean json;

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private PortOption port = new PortOption();

    public ResumeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Stage first = stage();
        session.startTraces("septet");
        Path known = file;
        Path folder = known == null ? Path.of("").toAbsolutePath() : new PipelineArgument(known, Map.of()).folder();
        try (RunServer cluster = RunServer.join(session, folder, null, data.folders(session), detach, port)) {
            EarlierRun earlier = earlier(cluster);
            PipelineArgument now = present(earlier);
            PipelineSpec present = now.spec();
            cluster.requireReadable(now);
            check(cluster, earlier, now, present, first);
            if (dryRun) {
                return ExitCode.OK;
            }
            PipelineRequest request = RunStart.request(present, now, cluster.serves(present.name(), now.path()))
                    .resuming(new Resume(run, earlier.runId(), from));
            RunHandle started = new RunStart(cluster.connection(), session).start(present, request, false);
            return detach
                    ? RunToEnd.detached(session, started)
                    : new RunToEnd(session, cluster)
                            .follow(started, now.path(), now.printRemarks(session.terminal()), json);
        } catch (StageProblem | FormatProblem problem) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(problem.getMessage()));
        }
    }

    private EarlierRun earlier(RunServer cluster) {
        RunHandle handle = new RunHandle(cluster.connection(), run, "");
        if (RunningStage.status(handle).stages().stream().anyMatch(stage -> stage.state() == StageStatus.State.RUNNING)
                && handle.snapshot().running()) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "%s: it is running, so there is nothing to resume: see `septet status %s`.".formatted(run, run));
        }
        return EarlierRun.of(cluster.connection().client(), run, runId);
    }

    /** Prints the verdicts before anything starts. */
    private void check(RunServer cluster, EarlierRun earlier, PipelineArgument now, PipelineSpec present, Stage first)
            throws IOException {
        PipelineFiles files = new PipelineFiles(
                new ActivitySettings(session.state().store(), List.of(now.folder()), cluster.readable()));
        ResolvedPipeline resolved = new ResolvedPipeline(
                new RunRef(present.name(), "resume", now.folder().toString(), SpecDigest.of(present)), present);
        ResumeCheck check = new ResumeCheck(earlier, resolved, first);
        List<WordVerdict> verdicts = check.verdicts(session.store(), files);
        if (json) {
            ObjectNode node = SpecJson.mapper().createObjectNode();
            node.put("runId", earlier.runId());
            node.put("from", from);
            node.set("verdicts", SpecJson.mapper().valueToTree(verdicts));
            session.terminal().print(node.toPrettyString());
        } else {
            print(earlier, verdicts);
        }
        PipelineReport kept = check.takeOver(verdicts);
        if (!json) {
            for (Stage stage : Stage.values()) {
                session.terminal()
                        .print(StageChanges.label(stage) + (kept.of(stage) == null ? "run" : reuse(stage, kept)));
            }
        }
    }

    /**
     * What is printed of a reused stage. The results of setup and train depend on the kind of device,
     * and the run's workers may have another one now.
     */
    static String reuse(Stage stage, PipelineReport kept) {
        SetupReport setup = kept.setup();
        if (setup == null || (stage != Stage.SETUP && stage != Stage.TRAIN)) {
            return "reuse";
        }
        String device = setup.preflight().worker().device();
        return stage == Stage.SETUP
                ? "reuse, measured on %s".formatted(device)
                : "reuse, trained after a setup on %s".formatted(device);
    }

    private void print(EarlierRun earlier, List<WordVerdict> verdicts) {
        session.terminal()
                .print(
                        verdicts.isEmpty()
                                ? "Nothing changed since run %s.".formatted(earlier.runId())
                                : "Since run %s:%n%s"
                                        .formatted(
                                                earlier.runId(),
                                                VerdictTable.of(
                                                        session.terminal().screen(), verdicts)));
    }

    private PipelineArgument present(EarlierRun earlier) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        earlier.request().params().forEach((name, value) -> values.put(name, String.valueOf(value)));
        values.putAll(params.values());
        Path named = file;
        if (named != null) {
            return new PipelineArgument(named, values);
        }
        Path folder = Path.of(earlier.resolved().run().folder());
        CatalogEntry entry = new Catalog(List.of(folder))
                .find(earlier.resolved().spec().name())
                .orElseThrow(() -> new CliProblem(
                        ExitCode.NOT_FOUND,
                        "%s: its file is no longer in %s; name it with --file".formatted(run, folder)));
        return new PipelineArgument(entry.file(), values);
    }

    private Stage stage() {
        Stage stage = Stage.of(from);
        if (stage == null) {
            throw new ParameterException(
                    spec.commandLine(), "there is no stage '%s'; there is %s".formatted(from, Stage.words()));
        }
        return stage;
    }
}
