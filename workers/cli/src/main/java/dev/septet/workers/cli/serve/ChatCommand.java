package dev.septet.workers.cli.serve;

import dev.septet.dsl.text.PublicText;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.generate.sampling.Sampling;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.publish.PublishedModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet chat}. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Chat with a model: each line is a prompt; an empty line, Ctrl-D or Ctrl-C ends the" + " chat.",
            "",
            "While the model answers, Ctrl-C ends the answer. Without a terminal, each line of"
                    + " standard input is a prompt."
        })
public final class ChatCommand implements Callable<Integer> {
    private final Session session;
    private final AtomicBoolean interrupted = new AtomicBoolean();

    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            description = "A model folder, or the name of a pipeline that has published one")
    private @Nullable String named;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "Answer this prompt and exit")
    private @Nullable String prompt;

    @Option(names = "--system", paramLabel = "TEXT", description = "The system message of the conversation")
    private @Nullable String system;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "The greatest number of tokens of an answer. Default: 256")
    private int maxTokens = 256;

    @Option(names = "--temperature", paramLabel = "T", description = "0 gives the most probable answer. Default: 0")
    private double temperature;

    @Option(names = "--seed", paramLabel = "N", description = "The seed of sampling. Default: 0")
    private long seed;

    public ChatCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        session.checkSettings();
        Sampling sampling;
        try {
            sampling = new Sampling(temperature, 1, seed);
        } catch (IllegalArgumentException e) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
        if (maxTokens < 1) {
            throw new CliProblem(ExitCode.USAGE, "--max-tokens must be at least 1");
        }
        try (Conversation conversation =
                Conversation.open(PublishedModel.find(session, named), system, maxTokens, sampling)) {
            String once = prompt;
            if (once != null) {
                answer(conversation, once);
            } else if (session.terminal().interactive()) {
                interactive(conversation);
            } else {
                piped(conversation);
            }
            return ExitCode.OK;
        } catch (FormatProblem problem) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(problem.getMessage()));
        }
    }

    private void interactive(Conversation conversation) throws IOException {
        try (TypedLines lines = TypedLines.open()) {
            lines.onInterrupt(this::interrupt);
            for (String line = lines.line("> "); line != null && !line.isBlank(); line = lines.line("> ")) {
                interrupted.set(false);
                answer(conversation, line);
            }
        }
    }

    /** The first Ctrl-C ends the answer before its next token; the second one ends the program. */
    private void interrupt() {
        if (interrupted.getAndSet(true)) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
        }
    }

    private void piped(Conversation conversation) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isBlank()) {
                answer(conversation, line);
            }
        }
    }

    private void answer(Conversation conversation, String line) {
        PrintStream out = session.terminal().out();
        try {
            conversation.answer(line, (index, piece) -> {
                out.print(session.terminal().live() ? PublicText.spoken(piece) : piece);
                out.flush();
                return !interrupted.get();
            });
            out.println();
        } catch (IllegalArgumentException tooLong) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(tooLong.getMessage()));
        }
    }
}
