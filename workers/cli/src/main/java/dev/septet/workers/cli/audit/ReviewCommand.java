package dev.septet.workers.cli.audit;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.audit.AuditReader;
import dev.septet.activities.audit.chain.AuditException;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.review.ReviewBook;
import dev.septet.activities.review.ReviewCandidate;
import dev.septet.activities.review.ReviewCandidates;
import dev.septet.activities.review.ReviewProblem;
import dev.septet.activities.review.ReviewedRows;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.text.PublicText;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.review.BlindReviewOptions;
import dev.septet.workers.cli.serve.TypedLines;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet review}. */
@Command(
        name = "review",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Decide from which feedback a pipeline's model learns.",
            "",
            "A correction in the audit log is a candidate: the question and the corrected answer,"
                    + " without personal data. Accepted ones are appended to the pipeline's reviewed"
                    + " rows. Without an option, the command prompts for each decision at a terminal;"
                    + " without a terminal, it prints a list.",
            "",
            "With --blind, people compare the answers of two models side by side, without knowing which"
                    + " model wrote which. Their votes are the metric humanWinRate."
        })
public final class ReviewCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "PIPELINE", description = "The pipeline's name; with --blind, also a run")
    private String pipeline = "";

    @Option(names = "--accept", paramLabel = "ID", description = "Accept this candidate; repeatable")
    private List<String> accept = new ArrayList<>();

    @Option(names = "--reject", paramLabel = "ID", description = "Reject this candidate; repeatable")
    private List<String> reject = new ArrayList<>();

    @Option(names = "--accept-all", description = "Accept every candidate that does not contradict another one")
    private boolean acceptAll;

    @Option(
            names = "--answer",
            paramLabel = "TEXT",
            description = "Accept the candidate of --accept with this answer instead of its own")
    private @Nullable String answer;

    @Option(names = "--thumbs-up", description = "Include answers with a thumb up as candidates")
    private boolean thumbsUp;

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description = "Name of the reviewer, for the record. Default: this user's name")
    private String by = System.getProperty("user.name", "unknown");

    @Option(
            names = "--export",
            paramLabel = "FILE",
            description = "Write all accepted rows to this file, as chat JSONL without their ids and review history")
    private @Nullable Path export;

    @Option(names = "--list", description = "Only print the list, even at a terminal")
    private boolean list;

    @Mixin
    private BlindReviewOptions blind = new BlindReviewOptions();

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    public ReviewCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (blind.given()) {
            checkBlind();
            return blind.call(session, pipeline, by, json);
        }
        check();
        ReviewedRows rows = new ReviewedRows(session.state().reviewed());
        ReviewView view = new ReviewView(session.terminal(), json);
        try {
            session.localPipelines().require(pipeline);
            return call(rows, view, candidates());
        } catch (ReviewProblem | AuditException | StageProblem problem) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(problem.getMessage()));
        }
    }

    private int call(ReviewedRows rows, ReviewView view, ReviewCandidates candidates) throws IOException {
        try (ReviewBook book = rows.open(pipeline)) {
            List<ReviewCandidate> pending =
                    candidates.all().stream().filter(book::pending).toList();
            boolean decides = acceptAll || !accept.isEmpty() || !reject.isEmpty();
            if (decides) {
                view.decided(decide(book, candidates.all(), pending, view), book.rows(), rows.file(pipeline));
            }
            Path file = export;
            if (file != null) {
                view.exported(ReviewExport.write(rows, pipeline, file), file);
            }
            if (!decides && file == null) {
                if (session.terminal().interactive() && !list && !json) {
                    runDialog(new ReviewDialog(view, book, by, Clock.systemUTC()), pending);
                } else {
                    view.list(pending, candidates.unusable(), book.rows());
                }
            }
            return ExitCode.OK;
        }
    }

    private void checkBlind() {
        if (acceptAll
                || !accept.isEmpty()
                || !reject.isEmpty()
                || answer != null
                || thumbsUp
                || export != null
                || list) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "--accept, --reject, --accept-all, --answer, --thumbs-up, --export and --list decide on feedback;"
                            + " --blind and its options compare answers. Use one of the two");
        }
    }

    private void check() {
        if (!pipeline.matches(PipelineSpec.NAME_PATTERN)) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "'%s' is not a pipeline's name, and feedback belongs to a pipeline. %s"
                            .formatted(
                                    PublicText.line(pipeline),
                                    BlindReviewOptions.insteadOfFeedback(session, pipeline)));
        }
        if (answer != null && (accept.size() != 1 || acceptAll)) {
            throw new CliProblem(ExitCode.USAGE, "--answer goes with one --accept ID");
        }
        if (by.isBlank()) {
            throw new CliProblem(ExitCode.USAGE, "--by needs a name");
        }
    }

    private ReviewCandidates candidates() throws IOException {
        Path log = session.auditLogs().folder(pipeline);
        if (!AuditReader.isLog(log)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    "there is no feedback on pipeline '%s' in %s: its model has had no request yet, or '%s' names a run. %s"
                            .formatted(
                                    pipeline,
                                    log.getParent(),
                                    pipeline,
                                    BlindReviewOptions.insteadOfFeedback(session, pipeline)));
        }
        return ReviewCandidates.read(
                session.auditLogs().reader(pipeline), pipeline, thumbsUp, PhoneRegions.of(session));
    }

    /** Records decisions. All ids are looked up before the first decision. */
    private ReviewView.Decided decide(
            ReviewBook book, List<ReviewCandidate> all, List<ReviewCandidate> pending, ReviewView view)
            throws IOException {
        List<ReviewCandidate> selected = named(accept, all);
        List<ReviewCandidate> deselected = named(reject, all);
        Set<String> both =
                new TreeSet<>(selected.stream().map(ReviewCandidate::id).toList());
        both.retainAll(deselected.stream().map(ReviewCandidate::id).toList());
        if (!both.isEmpty()) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "%s cannot be both accepted and rejected"
                            .formatted(ReviewBook.shortened(both.iterator().next())));
        }
        Clock clock = Clock.systemUTC();
        ReviewView.Decided decided = new ReviewView.Decided();
        for (ReviewCandidate candidate : deselected) {
            book.reject(candidate, by, clock);
            decided.rejected().add(candidate.id());
        }
        for (ReviewCandidate candidate : selected) {
            decided.accepted().add(accepted(book, candidate, clock).id());
        }
        if (acceptAll) {
            for (ReviewCandidate candidate : pending) {
                try {
                    if (book.pending(candidate)) {
                        book.accept(candidate, by, clock);
                        decided.accepted().add(candidate.id());
                    }
                } catch (ReviewProblem contradicts) {
                    view.note(String.valueOf(contradicts.getMessage()));
                }
            }
        }
        return decided;
    }

    private ReviewCandidate accepted(ReviewBook book, ReviewCandidate candidate, Clock clock) throws IOException {
        String other = answer;
        if (other != null) {
            try {
                return book.replace(candidate, other, by, clock);
            } catch (RowProblem empty) {
                throw new CliProblem(ExitCode.USAGE, "--answer: " + empty.getMessage());
            }
        }
        book.accept(candidate, by, clock);
        return candidate;
    }

    private static List<ReviewCandidate> named(List<String> ids, List<ReviewCandidate> all) {
        List<ReviewCandidate> named = new ArrayList<>();
        for (String id : ids) {
            List<ReviewCandidate> fitting = id.length() < 6
                    ? List.of()
                    : all.stream().filter(one -> one.id().startsWith(id)).toList();
            if (fitting.size() != 1) {
                throw new CliProblem(
                        ExitCode.NOT_FOUND,
                        fitting.isEmpty()
                                ? "there is no candidate '%s'; nothing was decided. An id has at least 6 digits, and `septet review` lists them"
                                        .formatted(id)
                                : String.format(
                                        Locale.ROOT,
                                        "'%s' is the beginning of %d candidate ids; nothing was decided. Give more digits",
                                        id,
                                        fitting.size()));
            }
            named.add(fitting.get(0));
        }
        return named;
    }

    private static void runDialog(ReviewDialog dialog, List<ReviewCandidate> pending) throws IOException {
        try (TypedLines lines = TypedLines.open()) {
            dialog.run(pending, lines::line);
        }
    }
}
