package dev.septet.workers.cli.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.prepare.DataView;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.PrepareActivitiesImpl;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.source.RemoteSources;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.FormatProblem;
import dev.septet.workers.cli.check.DataPreviewText;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.DataOption;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.FileOption;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.screen.Screen;
import dev.septet.workers.cli.screen.Style;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.prepare.PrepareRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code septet data show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show the rows of a pipeline as the model reads them, and what `prepare` would do with them.",
            "",
            "The parts of a row that training learns are green, or between >> and << without colours. Personal data is"
                    + " replaced as the file declares. No server and no workers are needed."
        })
final class DataShowCommand implements Callable<Integer> {
    private static final int MOST_ROWS = 1000;
    private static final int BAR = 40;

    private final Session session;

    @Mixin
    private FileOption file = new FileOption();

    @Mixin
    private DataOption data = new DataOption();

    @Option(
            names = {"-n", "--rows"},
            paramLabel = "N",
            description = "The number of rows to show, from 0 to 1000 (default: ${DEFAULT-VALUE})")
    private int rows = 20;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            description = "Another seed chooses other rows (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    DataShowCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if (rows < 0 || rows > MOST_ROWS) {
            throw new CliProblem(
                    ExitCode.USAGE, String.format(Locale.ROOT, "--rows is from 0 to %d, not %d", MOST_ROWS, rows));
        }
        session.checkSettings();
        PipelineSpec spec = file.spec();
        if (spec.prepare().inputs().stream().anyMatch(source -> source.pipeline() != null)) {
            throw new CliProblem(
                    ExitCode.PIPELINE_INVALID,
                    "%s reads rows that another pipeline prepared; show that pipeline's file".formatted(spec.name()));
        }
        try {
            show(spec);
            return ExitCode.OK;
        } catch (DatasetProblem | StageProblem | FormatProblem problem) {
            throw new CliProblem(ExitCode.PIPELINE_INVALID, String.valueOf(problem.getMessage()));
        }
    }

    private void show(PipelineSpec spec) throws IOException {
        PipelineFiles files = new PipelineFiles(new ActivitySettings(
                session.state().store(), List.of(file.file().folder()), data.folders(session)));
        RunRef run = new RunRef(spec.name(), "data-show", file.file().folder().toString(), SpecDigest.of(spec));
        Path model = BaseModelFiles.of(files, session.environment()).folder(run, spec.initialize(), progress -> {});
        try (RemoteSources remote = session.remoteSources();
                ModelRowEncoder encoder =
                        new ModelRowEncoder(model, spec.prepare().maxTokens())) {
            SourceSet sources =
                    SourceResolver.withoutPipelines(files).with(remote).resolve(run, spec.prepare());
            TestFiles tests = TestFiles.of(
                    files,
                    run,
                    spec.prepare().cleaningOrNone(),
                    PrepareRequest.suites(spec.prepare(), spec.evaluate()),
                    PrepareRequest.tests(spec.prepare(), spec.evaluate()));
            NameFile names = NameFile.of(files, run, spec.prepare().redact());
            DatasetPreview preview = DatasetPreview.of(
                    spec.prepare(),
                    spec.train().objective(),
                    sources,
                    SourceDigest.of(sources),
                    encoder,
                    null,
                    PrepareActivitiesImpl.SPLIT_SEED,
                    tests,
                    names);
            DataView view = DataView.of(spec.prepare(), sources, encoder, tests, names, rows, seed);
            if (json) {
                ObjectNode node = SpecJson.mapper().createObjectNode();
                node.set("data", SpecJson.mapper().valueToTree(preview));
                node.set("view", SpecJson.mapper().valueToTree(view));
                session.terminal().print(node.toPrettyString());
            } else {
                print(preview, view);
            }
        }
    }

    private void print(DatasetPreview preview, DataView view) {
        Terminal terminal = session.terminal();
        DataPreviewText.of(preview).forEach(terminal::print);
        lengths(view).forEach(terminal::print);
        view.longest()
                .forEach(row -> terminal.print(String.format(
                        Locale.ROOT,
                        "Longest  %s, %,d tokens, %,d of them learned",
                        row.place(),
                        row.tokens(),
                        row.learned())));
        for (DataView.ShownRow row : view.rows()) {
            terminal.print("");
            terminal.print(terminal.screen()
                    .paint(
                            Style.STRONG,
                            String.format(
                                    Locale.ROOT,
                                    "%s  %,d tokens, %,d learned",
                                    row.place(),
                                    row.tokens(),
                                    row.learned())));
            row(row, terminal.screen()).lines().forEach(terminal::print);
        }
    }

    private static List<String> lengths(DataView view) {
        int most =
                view.lengths().stream().mapToInt(DataView.Lengths::rows).max().orElse(1);
        return view.lengths().stream()
                .map(each -> String.format(
                        Locale.ROOT,
                        "%s%,5d to %,5d tokens  %-" + BAR + "s  %,d rows",
                        each.from() == 1 ? "Lengths  " : " ".repeat(9),
                        each.from(),
                        each.to(),
                        "#".repeat((each.rows() * BAR + most - 1) / most),
                        each.rows()))
                .toList();
    }

    /** The row's text with its learned parts marked. The mark is on every line: a colour ends with its line. */
    private static String row(DataView.ShownRow row, Screen screen) {
        return row.parts().stream()
                .map(part -> part.learned() ? learned(part.text(), screen) : part.text())
                .collect(Collectors.joining());
    }

    private static String learned(String text, Screen screen) {
        if (!screen.colour()) {
            return ">>" + text + "<<";
        }
        return text.lines().map(line -> screen.paint(Style.GOOD, line)).collect(Collectors.joining("\n"))
                + (text.endsWith("\n") ? "\n" : "");
    }
}
