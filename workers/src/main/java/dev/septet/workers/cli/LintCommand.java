package dev.septet.workers.cli;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.problem.ProblemPrinter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.concurrent.Callable;

/** {@code septet lint}. */
@Command(
        name = "lint",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Check a pipeline file: every problem at once, nothing is run.")
final class LintCommand implements Callable<Integer> {
    private final Session session;

    @Mixin private FileOption file = new FileOption();

    @Option(names = "--json", description = "Print the problems as a JSON array")
    private boolean json;

    LintCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Compilation compiled = file.compile();
        Terminal terminal = session.terminal();
        if (json) {
            terminal.print(ProblemPrinter.json(compiled.problems()));
        } else if (compiled.problems().isEmpty()) {
            terminal.note(file.path() + ": no problems");
        } else {
            terminal.out().print(compiled.printed());
        }
        return compiled.problems().isEmpty() ? ExitCode.OK : ExitCode.PIPELINE_INVALID;
    }
}
