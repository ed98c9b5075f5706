package dev.septet.workers.cli.data;

import dev.septet.workers.cli.option.Session;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code septet data}. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Look at the data of a pipeline, see which rows an evaluation requests, trace rows, and forget them.")
public final class DataCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private DataCommand() {}

    public static CommandLine commandLine(Session session) {
        CommandLine line = new CommandLine(new DataCommand());
        line.addSubcommand(new DataShowCommand(session));
        line.addSubcommand(new DataRequestCommand(session));
        line.addSubcommand(new DataTraceCommand(session));
        line.addSubcommand(new DataForgetCommand(session));
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "use `show`, `request`, `trace` or `forget`");
    }
}
