package dev.septet.workers.cli;

import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code septet completion}. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = {"Print a completion script for bash and zsh:", "  source <(septet completion)"})
final class CompletionCommand implements Callable<Integer> {
    private final Session session;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    CompletionCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.terminal().print(AutoComplete.bash("septet", spec.root().commandLine()));
        return ExitCode.OK;
    }
}
