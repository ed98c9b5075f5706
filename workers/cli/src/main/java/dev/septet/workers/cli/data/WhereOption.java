package dev.septet.workers.cli.data;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.dataset.document.TextTokens;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.lineage.RowDigests;
import dev.septet.activities.lineage.RowMatches;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.activities.source.RemoteSources;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.llm.format.FormatProblem;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.DataOption;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.PipelineArgument;
import dev.septet.workers.cli.option.Session;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The option {@code --where}, which chooses rows of a pipeline's sources by an expression. */
final class WhereOption {
    @Option(
            names = "--where",
            paramLabel = "EXPR",
            description = "The rows for which this expression is true, such as 'row.customer == \"c-17\"'. It reads the"
                    + " rows as they are in the source files")
    private @Nullable String where;

    @Mixin
    private DataOption data = new DataOption();

    @Nullable
    String text() {
        return where;
    }

    /** Rows of a pipeline's sources, and of the reviewed rows of this machine, for which the expression is true. */
    RowMatches matches(Session session, PipelineArgument file, RowDigests digests) throws IOException {
        PipelineSpec spec = file.spec();
        if (spec.prepare().inputs().stream().anyMatch(source -> source.pipeline() != null)) {
            throw new CliProblem(
                    ExitCode.PIPELINE_INVALID,
                    "%s reads rows that another pipeline prepared; name that pipeline's file".formatted(spec.name()));
        }
        try (RemoteSources remote = session.remoteSources()) {
            return read(session, file, spec, digests, remote);
        } catch (IllegalArgumentException notAnExpression) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(notAnExpression.getMessage()));
        } catch (DatasetProblem | StageProblem | FormatProblem problem) {
            throw new CliProblem(ExitCode.PIPELINE_INVALID, String.valueOf(problem.getMessage()));
        }
    }

    private RowMatches read(
            Session session, PipelineArgument file, PipelineSpec spec, RowDigests digests, RemoteSources remote)
            throws IOException {
        PipelineFiles files = new PipelineFiles(
                new ActivitySettings(session.state().store(), List.of(file.folder()), data.folders(session)));
        RunRef run = new RunRef(spec.name(), "data-rows", file.folder().toString(), SpecDigest.of(spec));
        SourceSet sources = SourceResolver.withoutPipelines(files).with(remote).resolve(run, spec.prepare());
        Path rows = new ReviewedRows(session.state().reviewed()).file(spec.name());
        List<SourceFile> reviewed = Files.exists(rows) ? List.of(new SourceFile(rows, RowMatches.REVIEWED)) : List.of();
        String expression = where == null ? "" : where;
        if (spec.prepare().inputs().stream().allMatch(source -> source.documents() == null)) {
            return RowMatches.of(expression, digests, spec.prepare(), sources, reviewed, TextTokens.ESTIMATED);
        }
        // The rows of a document are chunks, whose ends depend on the tokenizer.
        Path model = BaseModelFiles.of(files, session.environment()).folder(run, spec.initialize(), progress -> {});
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, spec.prepare().maxTokens())) {
            return RowMatches.of(expression, digests, spec.prepare(), sources, reviewed, encoder.textTokens());
        }
    }
}
