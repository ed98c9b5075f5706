package dev.septet.workers.cli;

import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.screen.Screen;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints an invalid command line's problem in two lines, without the usage page. */
final class UsageProblems implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException problem, String[] args) {
        CommandLine line = problem.getCommandLine();
        line.getErr().println("septet: " + Screen.plain(message(problem, line)));
        line.getErr().println("See `%s --help`.".formatted(line.getCommandSpec().qualifiedName(" ")));
        return ExitCode.USAGE;
    }

    private static String message(ParameterException problem, CommandLine line) {
        if (!(problem instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(problem.getMessage());
        }
        String first = unmatched.getUnmatched().get(0);
        if (unmatched.isUnknownOption()) {
            return "there is no option '%s'".formatted(first);
        }
        return line.getSubcommands().isEmpty()
                ? "the argument '%s' is not expected".formatted(first)
                : "there is no command '%s'; the commands are %s"
                        .formatted(
                                first, String.join(", ", line.getSubcommands().keySet()));
    }
}
