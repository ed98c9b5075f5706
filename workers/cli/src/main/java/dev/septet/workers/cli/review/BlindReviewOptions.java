package dev.septet.workers.cli.review;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.evaluate.votes.AnswerPair;
import dev.septet.activities.evaluate.votes.VoteFile;
import dev.septet.activities.evaluate.votes.VoteProblem;
import dev.septet.activities.evaluate.votes.VoteWriter;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.serve.TypedLines;
import java.io.IOException;
import java.net.BindException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code septet review} for a blind comparison of two models' answers, and what they do. */
public final class BlindReviewOptions {
    /** Ids of runs that a shell reads without quotes. */
    private static final String RUN_NAME = "[A-Za-z0-9][A-Za-z0-9/._:-]{0,199}";

    @Option(
            names = "--blind",
            description = "Compare the answers of two models side by side, without showing which model wrote which")
    private boolean blind;

    @Option(
            names = "--against",
            paramLabel = "MODEL",
            description = "The other model of --blind: baseline, champion, or a run. Default: baseline")
    private @Nullable String against;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Vote on a random sample of N rows, of each set in proportion. Default: all rows")
    private @Nullable Integer rows;

    @Option(names = "--set", paramLabel = "NAME", description = "Only this named set of test rows")
    private @Nullable String set;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the sample and of the order. Default: 1")
    private @Nullable Long seed;

    @Option(
            names = "--votes",
            paramLabel = "FILE",
            description = "The file of the votes of --blind. Default: votes.jsonl in this folder")
    private @Nullable Path votes;

    @Option(names = "--terminal", description = "Vote at this terminal instead of a page in the browser")
    private boolean terminal;

    @Option(names = "--port", paramLabel = "N", description = "Port of the page. Default: any free port")
    private @Nullable Integer port;

    @Option(names = "--result", description = "Print the win rate by the votes, and its interval")
    private boolean result;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "Write the votes to this file as labels of the judges of winRate, with the texts")
    private @Nullable Path labels;

    /** Whether one of these options was given. */
    public boolean given() {
        return blind
                || terminal
                || result
                || against != null
                || rows != null
                || set != null
                || seed != null
                || votes != null
                || port != null
                || labels != null;
    }

    /**
     * The next command for somebody who named a run, or a pipeline without feedback, and did not write {@code --blind}.
     *
     * @param name as the user wrote it
     */
    public static String insteadOfFeedback(Session session, String name) {
        if (!name.matches(RUN_NAME)) {
            return "Without --blind, `septet review` needs a pipeline's name";
        }
        return "%s `septet review %s --blind` compares its answers with those of the base model"
                .formatted(
                        RunAnswers.evaluated(session, name) ? "It has an evaluation:" : "If it was evaluated,", name);
    }

    /**
     * Does what the options say.
     *
     * @param by the reviewer's name, for the terminal
     * @return the exit code
     */
    public int call(Session session, String run, String by, boolean json) throws IOException, InterruptedException {
        check();
        session.checkSettings();
        Path file = votes == null ? Path.of("votes.jsonl") : votes;
        RunAnswers answers = RunAnswers.find(session, run);
        String word = against == null ? "baseline" : against;
        Map<String, List<AnswerPair>> pairs = answers.pairs(RunAnswers.Against.of(session, word), set);
        try {
            if (result || labels != null) {
                read(session, answers, pairs, file, json);
                return ExitCode.OK;
            }
            try (VoteWriter writer = VoteWriter.open(file)) {
                review(
                        session,
                        new SampledReview(pairs, word, rows, seed).open(writer, session.terminal()::note),
                        by,
                        json);
            }
            return ExitCode.OK;
        } catch (VoteProblem problem) {
            throw new CliProblem(ExitCode.RUN_FAILED, "%s: %s".formatted(file, problem.getMessage()));
        }
    }

    private void check() {
        if (rows != null && rows < 1) {
            throw new CliProblem(ExitCode.USAGE, String.format(Locale.ROOT, "--rows is at least 1, not %d", rows));
        } else if (port != null && (port < 0 || port > 65_535)) {
            throw new CliProblem(
                    ExitCode.USAGE, String.format(Locale.ROOT, "--port is a number from 0 to 65535, not %d", port));
        } else if (port != null && terminal) {
            throw new CliProblem(ExitCode.USAGE, "--terminal has no page, so it has no --port");
        }
    }

    private void read(Session session, RunAnswers answers, Map<String, List<AnswerPair>> pairs, Path file, boolean json)
            throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "there is no votes file %s; vote with `septet review %s --blind`, or name the file with --votes"
                            .formatted(file, answers.run()));
        } else if (Files.size(file) > VoteFile.LARGEST) {
            throw new CliProblem(ExitCode.RUN_FAILED, "%s is too large for a votes file".formatted(file));
        }
        VoteFile found;
        try {
            found = VoteFile.read(Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new CliProblem(ExitCode.RUN_FAILED, "%s is not UTF-8 text, so it is no votes file".formatted(file));
        }
        if (labels != null) {
            int lines = VoteLabels.write(pairs, found, labels);
            session.terminal().note(String.format(Locale.ROOT, "%d labels written to %s", lines, labels));
        }
        if (result) {
            ReviewResult measured = ReviewResult.of(pairs, found, answers.seed());
            if (json) {
                session.terminal().print(measured.json());
            } else {
                measured.print(session.terminal());
            }
        }
    }

    private void review(Session session, BlindReview review, String by, boolean json)
            throws IOException, InterruptedException {
        Reviewers reviewers = Reviewers.of(session.state().path());
        if (terminal) {
            String reviewer;
            try {
                reviewer = reviewers.pseudonym(by);
            } catch (IllegalArgumentException invalid) {
                throw new CliProblem(ExitCode.USAGE, "--by: " + invalid.getMessage());
            }
            try (TypedLines lines = TypedLines.open()) {
                new TerminalReview(session.terminal(), review, reviewer).run(lines::line);
            }
            return;
        }
        try (ReviewServer server = ReviewServer.start(review, reviewers, port == null ? 0 : port)) {
            if (json) {
                ObjectNode line = SpecJson.mapper().createObjectNode().put("url", server.page());
                session.terminal().print(SpecJson.mapper().writeValueAsString(line));
            }
            session.terminal().note("Review   " + server.page());
            session.terminal()
                    .note("The address is valid until this command ends. Ctrl-C ends it; every vote is saved.");
            CountDownLatch ended = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(ended::countDown, "review-end"));
            ended.await();
        } catch (BindException inUse) {
            throw new CliProblem(
                    ExitCode.PORT_TAKEN,
                    String.format(
                            Locale.ROOT,
                            "port %d is in use. Choose another port with --port N; 0 = any free port.",
                            port));
        }
    }
}
