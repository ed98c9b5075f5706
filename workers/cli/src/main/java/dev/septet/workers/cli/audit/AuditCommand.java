package dev.septet.workers.cli.audit;

import dev.septet.workers.cli.option.Session;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code septet audit}. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        description = "Read, verify and erase in the audit log: the requests and answers of served models.")
public final class AuditCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private AuditCommand() {}

    public static CommandLine commandLine(Session session) {
        CommandLine line = new CommandLine(new AuditCommand());
        line.addSubcommand(new AuditVerifyCommand(session));
        line.addSubcommand(new AuditShowCommand(session));
        line.addSubcommand(new AuditEraseCommand(session));
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "use `verify`, `show` or `erase`");
    }
}
