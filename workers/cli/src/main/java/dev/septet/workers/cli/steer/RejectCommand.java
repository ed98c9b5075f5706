package dev.septet.workers.cli.steer;

import dev.septet.workers.cli.option.Session;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code septet reject}. */
@Command(
        name = "reject",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Reject the model of a run. One rejection ends the run; nothing is published.",
            "",
            "With the run alone it shows the question, as `septet approve` does."
        })
public final class RejectCommand extends AnswerCommand {
    @Option(names = "--reason", paramLabel = "TEXT", description = "The reason, for the record")
    private @Nullable String reason;

    public RejectCommand(Session session) {
        super(session, "reject");
    }

    @Override
    @Nullable
    String comment() {
        return reason;
    }
}
