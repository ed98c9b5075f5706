package dev.septet.workers.cli.steer;

import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.approval.AnswerTaken;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.approval.ApprovalRequest;
import dev.septet.workflows.approval.SignedText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The common part of {@code septet approve} and {@code septet reject}: shows the question, or
 * answers it.
 */
abstract class AnswerCommand implements Callable<Integer> {
    /**
     * Least number of digits of a digest, so that nobody answers about a model that they did not
     * review.
     */
    private static final int MIN_DIGITS = 8;

    private static final Duration SIGN_IN = Duration.ofMinutes(5);

    private final Session session;
    private final String update;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "RUN",
            description = "The run's workflow id: the pipeline's name for a run of `septet run`")
    private String run = "";

    @Option(names = "--role", paramLabel = "ROLE", description = "The role in which you answer")
    private @Nullable String role;

    @Option(
            names = "--model",
            paramLabel = "DIGITS",
            description = "The model that you reviewed: the first digits of its sha256, at least 8")
    private @Nullable String model;

    @Option(
            names = "--report",
            paramLabel = "DIGITS",
            description = "The report that you reviewed: the first digits of its sha256, at least 8")
    private @Nullable String report;

    @Option(names = "--by", paramLabel = "NAME", description = "Who answers. Default: the name of this account")
    private String by = System.getProperty("user.name", "");

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Sign the answer with this SSH key; with the .pub of a key, your agent signs."
                    + " --by is then your name in the operator's file")
    private @Nullable Path key;

    @Option(
            names = "--sign-in",
            description = "Sign in at the operator's identity provider instead of signing with a key. --by is then your"
                    + " name there")
    private boolean signIn;

    @Option(names = "--json", description = "Print the question, or the result of the answer, as JSON")
    private boolean json;

    AnswerCommand(Session session, String update) {
        this.session = session;
        this.update = update;
    }

    /** The comment that is recorded with the answer. */
    abstract @Nullable String comment();

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean interactive = role == null && model == null && report == null && comment() == null;
        if (!interactive && (role == null || model == null || report == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "an answer needs --role, --model and --report; `septet %s %s` alone shows the question and the command that answers it"
                            .formatted(update, run));
        }
        try (Connection connection = ServerConnector.any(session)) {
            if (!Pollers.any(connection, TaskQueues.LIGHT)) {
                throw refused(
                        "no worker polls the task queue `%s`, so no worker receives the command. Start one with `septet worker`."
                                .formatted(TaskQueues.LIGHT));
            }
            AskedModel asked = AskedModel.of(new RunHandle(connection, run, ""));
            if (interactive) {
                show(asked);
            } else {
                AnswerTaken taken = answer(asked);
                session.terminal()
                        .print(
                                json
                                        ? SpecJson.mapper().writeValueAsString(taken)
                                        : "%s: %s".formatted(run, taken.message()));
            }
        }
        return ExitCode.OK;
    }

    private void show(AskedModel asked) throws IOException {
        if (json) {
            session.terminal().print(SpecJson.mapper().writeValueAsString(asked.approval()));
        } else {
            asked.print(session.terminal());
        }
    }

    private AnswerTaken answer(AskedModel asked) throws IOException, InterruptedException {
        ApprovalRequest question = asked.approval().question();
        ApprovalDecision answer = new ApprovalDecision(
                by,
                role,
                whole("model", model, question == null ? "" : question.artifact()),
                whole("report", report, question == null ? "" : question.report()),
                comment());
        String text = SignedText.of(asked.stages().runId(), answer, update.equals("approve"));
        if (key != null && signIn) {
            throw new ParameterException(spec.commandLine(), "--key and --sign-in exclude each other");
        } else if (key != null) {
            answer = answer.signed(SshSignature.of(key, text, session.environment()));
        } else if (signIn) {
            answer = answer.signed(new SignIn(session, SIGN_IN).of(text, by));
        }
        return asked.send(update, answer);
    }

    /**
     * Completes the digits to the digest if they match. Other digits are sent unchanged, and are
     * then refused.
     */
    private String whole(String what, @Nullable String digits, String sha256) {
        String given = digits == null ? "" : digits;
        if (given.length() < MIN_DIGITS) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(
                            Locale.ROOT,
                            "--%s takes the first digits of a sha256, at least %d, got '%s'",
                            what,
                            MIN_DIGITS,
                            given));
        }
        return sha256.startsWith(given) ? sha256 : given;
    }

    private CliProblem refused(String reason) {
        return new CliProblem(ExitCode.RUN_FAILED, "%s: %s".formatted(run, reason));
    }
}
