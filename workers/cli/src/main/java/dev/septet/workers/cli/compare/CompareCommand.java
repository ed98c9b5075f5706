package dev.septet.workers.cli.compare;

import dev.septet.activities.evaluate.comparison.ComparedRun;
import dev.septet.activities.evaluate.comparison.ComparisonJson;
import dev.septet.activities.evaluate.comparison.ComparisonPage;
import dev.septet.activities.evaluate.comparison.ComparisonProblem;
import dev.septet.activities.evaluate.comparison.RunComparison;
import dev.septet.activities.store.FileModes;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet compare}. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compare the evaluations of runs: every measured value with its interval, the differences, the verdicts,"
                    + " and what was recorded of data, training, time, size and cost.",
            "",
            "Runs that answered the same test rows are compared row by row. Values that were measured in another way"
                    + " are not ranked, and the table says why. Folders and files are compared without a server and"
                    + " without a store."
        })
public final class CompareCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            paramLabel = "RUN",
            arity = "0..*",
            description = "2 to 10 of: a workflow id, a run id, a pipeline's name, the folder of an evaluation, its"
                    + " results.json, or the output of `septet report --json`")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--baseline",
            paramLabel = "RUN",
            description = "The run with which the others are compared. Default: the first")
    private @Nullable String baseline;

    @Option(names = "--page", paramLabel = "FILE", description = "Also write a page for browsers (.html)")
    private @Nullable Path page;

    @Option(
            names = "--against",
            paramLabel = "FACT",
            description =
                    "A fact with one number for each run, such as a size or a cost: the page draws the values over it")
    private @Nullable String against;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    public CompareCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        int compared = baseline();
        session.checkSettings();
        RunComparison comparison;
        Path file = page;
        try {
            comparison = RunComparison.of(runs(), compared);
            if (file != null) {
                write(file, comparison);
            }
        } catch (ComparisonProblem problem) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(problem.getMessage()));
        } catch (FileSystemException unreadable) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "%s cannot be read; check that it is a file and that you may read it"
                            .formatted(unreadable.getFile()));
        }
        if (json) {
            session.terminal().print(ComparisonJson.of(comparison).toPrettyString());
        } else {
            ComparisonText.of(comparison, session.terminal().screen()).forEach(session.terminal()::print);
        }
        if (file != null) {
            session.terminal().note("Page     " + file.toAbsolutePath());
        }
        return ExitCode.OK;
    }

    /** The place of the baseline among the runs. */
    private int baseline() {
        if (names.size() < 2 || names.size() > RunComparison.MOST_RUNS) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    String.format(
                            Locale.ROOT,
                            "a comparison needs 2 to %d runs, got %d",
                            RunComparison.MOST_RUNS,
                            names.size()));
        }
        for (int at = 0; at < names.size(); at++) {
            if (names.indexOf(names.get(at)) != at) {
                throw new CliProblem(
                        ExitCode.USAGE, "'%s' is named twice; name two different runs".formatted(names.get(at)));
            }
        }
        if (against != null && page == null) {
            throw new CliProblem(ExitCode.USAGE, "--against belongs to --page FILE, because only the page has charts");
        }
        if (baseline == null) {
            return 0;
        }
        int place = names.indexOf(baseline);
        if (place < 0) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "--baseline is one of the compared runs, but '%s' is not among %s"
                            .formatted(baseline, String.join(", ", names)));
        }
        return place;
    }

    private List<ComparedRun> runs() throws IOException {
        List<FoundRun> found = new ArrayList<>();
        try (ComparedRunFinder finder = new ComparedRunFinder(session)) {
            for (String name : names) {
                FoundRun run = finder.find(name);
                for (FoundRun other : found) {
                    if (other.identity().equals(run.identity())) {
                        throw new CliProblem(
                                ExitCode.USAGE,
                                "'%s' and '%s' are the same run; name two different runs"
                                        .formatted(other.run().name(), name));
                    }
                }
                found.add(run);
            }
        }
        return found.stream().map(FoundRun::run).toList();
    }

    private void write(Path file, RunComparison comparison) {
        try {
            FileModes.OWNER.write(file, new ComparisonPage(comparison, against).html());
        } catch (FileSystemException refused) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "the page cannot be written to %s; name a file in a folder that exists and that you may write to"
                            .formatted(file));
        } catch (IOException failed) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED, "the page cannot be written to %s: %s".formatted(file, failed.getMessage()));
        }
    }
}
