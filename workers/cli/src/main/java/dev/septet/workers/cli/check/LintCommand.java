package dev.septet.workers.cli.check;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.problem.Problem;
import dev.septet.dsl.problem.ProblemPrinter;
import dev.septet.dsl.problem.SarifPrinter;
import dev.septet.dsl.text.PublicText;
import dev.septet.workers.cli.option.DataOption;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ParamOption;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet lint}. */
@Command(
        name = "lint",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Check pipeline files: print every problem, run nothing.")
public final class LintCommand implements Callable<Integer> {
    /** The format in which problems are printed. */
    enum Format {
        TEXT,
        JSON,
        SARIF
    }

    private final Session session;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Pipeline files, or folders with .groovy files")
    private List<Path> paths = List.of();

    @Mixin
    private ParamOption params = new ParamOption();

    @Mixin
    private DataOption data = new DataOption();

    @Option(
            names = "--format",
            paramLabel = "text|json|sarif",
            description = "How problems are printed; sarif is SARIF 2.1.0 (default: text)")
    private Format format = Format.TEXT;

    @Option(names = "--json", description = "The same as --format json")
    private boolean json;

    public LintCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Map<Path, Compilation> compiled = new LintTargets(
                        params.values(),
                        data.folders(session),
                        session.trainers().check())
                .compile(paths);
        List<Problem> found = new ArrayList<>();
        compiled.values().forEach(c -> {
            found.addAll(c.problems());
            found.addAll(c.remarks());
        });
        Terminal terminal = session.terminal();
        switch (json ? Format.JSON : format) {
            case JSON -> terminal.print(ProblemPrinter.json(found));
            case SARIF -> terminal.print(SarifPrinter.sarif(found));
            case TEXT ->
                compiled.forEach((file, compilation) -> {
                    if (compilation.problems().isEmpty()) {
                        terminal.note(PublicText.file(file.toString()) + ": no problems");
                    }
                    String text = compilation.printed() + ProblemPrinter.text(compilation.remarks());
                    if (!text.isEmpty()) {
                        terminal.print(text.stripTrailing());
                    }
                });
        }
        return found.stream().allMatch(problem -> problem.id().isRemark()) ? ExitCode.OK : ExitCode.PIPELINE_INVALID;
    }
}
