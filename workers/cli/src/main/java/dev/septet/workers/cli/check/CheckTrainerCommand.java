package dev.septet.workers.cli.check;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.initialize.BaseModel;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.SampleRows;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.source.RemoteSources;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.train.command.ContractCheck;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.backend.OutsideTrainerSpec;
import dev.septet.llm.format.FormatProblem;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.DataOption;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.FileOption;
import dev.septet.workers.cli.option.Session;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code septet check-trainer}. */
@Command(
        name = "check-trainer",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Check that the outside trainer of a pipeline keeps the contract (docs/trainers.md).",
            "",
            "Runs the trainer six times on the first rows of the pipeline's dataset, and kills it. No server and no"
                    + " workers are needed."
        })
public final class CheckTrainerCommand implements Callable<Integer> {
    private static final int ROWS = 64;

    private final Session session;

    @Mixin
    private FileOption file = new FileOption();

    @Mixin
    private DataOption data = new DataOption();

    @Option(
            names = "--patience",
            paramLabel = "MINUTES",
            description = "How long each part may take (default: ${DEFAULT-VALUE})")
    private int patience = 10;

    @Option(names = "--json", description = "Print the findings as JSON")
    private boolean json;

    public CheckTrainerCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        session.checkSettings();
        PipelineSpec spec = file.spec();
        BackEndSpec used = spec.train().by();
        if (!(used instanceof OutsideTrainerSpec by)) {
            throw new CliProblem(
                    ExitCode.PIPELINE_INVALID,
                    "%s trains with %s; add `by command('NAME')` to `train`"
                            .formatted(spec.name(), used == null ? "Septet's engine" : used.written()));
        }
        if (!session.trainers().declared()) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "no trainers are declared here: set %s to the path of the operator's file"
                            .formatted(Setting.TRAINERS.variable()));
        }
        Path scratch = Files.createTempDirectory("septet-check-trainer");
        try {
            ArrayNode findings = SpecJson.mapper().createArrayNode();
            boolean all = check(spec, by, scratch).run(finding -> {
                findings.addPOJO(finding);
                if (!json) {
                    print(finding);
                }
            });
            if (json) {
                session.terminal().print(findings.toPrettyString());
            }
            return all ? ExitCode.OK : ExitCode.RUN_FAILED;
        } catch (DatasetProblem | StageProblem | FormatProblem problem) {
            throw new CliProblem(ExitCode.PIPELINE_INVALID, String.valueOf(problem.getMessage()));
        } finally {
            ContractCheck.remove(scratch);
        }
    }

    private ContractCheck check(PipelineSpec spec, OutsideTrainerSpec by, Path scratch) throws IOException {
        List<Path> roots = data.folders(session);
        PipelineFiles files = new PipelineFiles(new ActivitySettings(
                session.state().store(), List.of(file.file().folder()), roots));
        RunRef run =
                new RunRef(spec.name(), "check-trainer", file.file().folder().toString(), SpecDigest.of(spec));
        if (spec.prepare().inputs().stream().anyMatch(source -> source.pipeline() != null)) {
            throw new CliProblem(ExitCode.PIPELINE_INVALID, "check-trainer needs a pipeline that reads a file");
        }
        Consumer<Progress> quiet = progress -> {};
        Path model = BaseModelFiles.of(files, session.environment()).folder(run, spec.initialize(), quiet);
        BaseModel.open(model).check(spec.initialize(), spec.train().method()); // as `plan` does
        Path rows = FileModes.OWNER.folder(scratch.resolve("rows"));
        try (RemoteSources remote = session.remoteSources();
                ModelRowEncoder encoder =
                        new ModelRowEncoder(model, spec.prepare().maxTokens())) {
            SampleRows sample = SampleRows.write(
                    spec.prepare(),
                    SourceResolver.withoutPipelines(files).with(remote).resolve(run, spec.prepare()),
                    encoder,
                    NameFile.of(files, run, spec.prepare().redact()),
                    ROWS,
                    rows);
            session.terminal()
                    .note(String.format(
                            Locale.ROOT,
                            "Checking trainer %s with %d rows",
                            by.trainer(),
                            sample.train() + sample.validation()));
            return new ContractCheck(
                    session.trainers(), spec, by, sample, rows, model, scratch, Duration.ofMinutes(patience));
        }
    }

    private void print(ContractCheck.Finding finding) {
        session.terminal()
                .print(
                        finding.problem() == null
                                ? "ok       " + finding.part()
                                : "FAILED   %s: %s".formatted(finding.part(), finding.problem()));
    }
}
