package dev.septet.workers.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code septet approve}. */
@Command(
        name = "approve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show what a run asks before it publishes a model, or agree to it.",
            "",
            "With the run alone it shows the model, its scores and the command that answers. An"
                    + " answer names the model and the report that were looked at, and is refused"
                    + " when others are asked about."
        })
final class ApproveCommand extends AnswerCommand {
    @Option(names = "--comment", paramLabel = "TEXT", description = "A sentence for the record")
    private @Nullable String comment;

    ApproveCommand(Session session) {
        super(session, "approve");
    }

    @Override
    @Nullable String comment() {
        return comment;
    }
}
