package dev.septet.workers.cli.steer;

import dev.septet.workers.cli.option.Session;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code septet approve}. */
@Command(
        name = "approve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show the approval question of a run, or approve its model.",
            "",
            "With the run alone it shows the model, its scores and the command that answers. An"
                    + " answer names the model and the report that you reviewed. It is refused when the"
                    + " question is about another model or report."
        })
public final class ApproveCommand extends AnswerCommand {
    @Option(names = "--comment", paramLabel = "TEXT", description = "A sentence for the record")
    private @Nullable String comment;

    public ApproveCommand(Session session) {
        super(session, "approve");
    }

    @Override
    @Nullable
    String comment() {
        return comment;
    }
}
