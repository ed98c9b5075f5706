package dev.septet.workers.cli.ui;

import dev.septet.activities.approval.ApprovalSettings;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.audit.chain.AuditException;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.review.ReviewBook;
import dev.septet.activities.review.ReviewCandidate;
import dev.septet.activities.review.ReviewProblem;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.RunHandle;
import dev.septet.workers.cli.steer.AskedModel;
import dev.septet.workers.cli.steer.RunningTraining;
import dev.septet.workers.cli.ui.view.ApprovalQuestion;
import dev.septet.workers.cli.ui.view.FeedbackFiles;
import dev.septet.workers.cli.ui.view.ServerLink;
import dev.septet.workers.cli.ui.view.UiPage;
import dev.septet.workers.cli.ui.view.UiUser;
import dev.septet.workers.local.Connection;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.approval.SignedText;
import dev.septet.workflows.train.SteeringAction;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the buttons do: the same Updates as {@code septet approve}, {@code septet reject} and {@code septet steer}, and the
 * decisions of {@code septet review}.
 */
final class UiActions {
    private static final Logger LOG = LoggerFactory.getLogger(UiActions.class);

    private final ServerLink link;
    private final FeedbackFiles feedback;
    private final boolean unsigned;

    UiActions(Session session, ServerLink link) {
        this.link = link;
        this.feedback = new FeedbackFiles(session);
        this.unsigned = ApprovalSettings.of(session.environment()).unsigned();
    }

    /**
     * Whether an answer without a signature may be sent. A browser has no SSH key. So with signatures, which are the default, a
     * person answers with the command line.
     */
    boolean unsigned() {
        return unsigned;
    }

    /** Answers the question about a model, in the name of the user's key. */
    UiPage.Notice answer(UiUser user, Map<String, String> fields) {
        String run = fields.getOrDefault("run", "");
        String update = fields.getOrDefault("answer", "");
        if (!update.equals("approve") && !update.equals("reject")) {
            return bad("answer is approve or reject");
        }
        if (!unsigned) {
            return bad("answers must be signed: use the command `septet %s %s` with --by and --key"
                    .formatted(update, run));
        }
        ApprovalDecision answer = decision(user, fields);
        return act(
                user,
                update,
                run,
                connection -> "%s: %s"
                        .formatted(
                                run,
                                AskedModel.of(handle(connection, fields))
                                        .send(update, answer)
                                        .message()));
    }

    /**
     * An answer to which only the signature is missing.
     *
     * @param runId run id of the run that asks
     * @param text what the person signs
     */
    record Prepared(String update, String run, String runId, ApprovalDecision answer, String text) {
        boolean approves() {
            return update.equals("approve");
        }

        /** What the person should read before the signature. */
        Map<String, String> facts() {
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("run", run);
            facts.put("you", String.valueOf(answer.by()));
            facts.put("role", String.valueOf(answer.role()));
            facts.put("model", String.valueOf(answer.artifact()));
            facts.put("report", String.valueOf(answer.report()));
            if (answer.comment() != null) {
                facts.put("comment", answer.comment());
            }
            return facts;
        }
    }

    /** An answer that cannot be given; the message is for people. */
    static final class Impossible extends Exception {
        private static final long serialVersionUID = 1L;

        Impossible(String reason) {
            super(reason);
        }
    }

    /**
     * Prepares a person's answer.
     *
     * @throws Impossible when the run does not ask this question now
     */
    Prepared prepare(UiUser user, Map<String, String> fields) throws Impossible {
        String run = fields.getOrDefault("run", "");
        String update = fields.getOrDefault("answer", "");
        if (run.isEmpty() || !(update.equals("approve") || update.equals("reject"))) {
            throw new Impossible("an answer needs a run, and is approve or reject");
        }
        ApprovalDecision answer = decision(user, fields);
        try {
            AskedModel asked = AskedModel.of(handle(link.open(), fields));
            ApprovalQuestion question = ApprovalQuestion.of(asked, null)
                    .orElseThrow(() -> new Impossible(run + ": the question is closed, or not asked yet"));
            if (!question.role().equals(answer.role())
                    || !question.artifact().equals(answer.artifact())
                    || !question.report().equals(answer.report())) {
                throw new Impossible(run + ": the question is about another model now: look at it again");
            }
            String text = SignedText.of(question.runId(), answer, update.equals("approve"));
            return new Prepared(update, run, question.runId(), answer, text);
        } catch (CliProblem refused) {
            throw new Impossible(String.valueOf(refused.getMessage()));
        } catch (IOException | RuntimeException failed) {
            LOG.warn("{} by {} cannot be prepared", update, user.name(), failed);
            throw new Impossible("%s: %s".formatted(run, ServerLink.words(failed)));
        }
    }

    /**
     * Sends a person's answer.
     *
     * @param token the token of the sign-in for the answer
     */
    UiPage.Notice send(UiUser user, Prepared prepared, String token) {
        String run = prepared.run();
        return act(
                user,
                prepared.update(),
                run,
                connection -> "%s: %s"
                        .formatted(
                                run,
                                AskedModel.of(new RunHandle(connection, run, prepared.runId()))
                                        .send(
                                                prepared.update(),
                                                prepared.answer().signed(token))
                                        .message()));
    }

    private static ApprovalDecision decision(UiUser user, Map<String, String> fields) {
        return new ApprovalDecision(
                user.name(),
                fields.get("role"),
                fields.get("artifact"),
                fields.get("report"),
                text(fields.get("comment")));
    }

    /** Pauses or resumes a training. */
    UiPage.Notice steer(UiUser user, Map<String, String> fields) {
        String run = fields.getOrDefault("run", "");
        SteeringAction action = switch (fields.getOrDefault("action", "")) {
            case "pause" -> SteeringAction.PAUSE;
            case "resume" -> SteeringAction.RESUME;
            case "checkpoint-now" -> SteeringAction.CHECKPOINT_NOW;
            default -> null;
        };
        if (action == null) {
            return bad("action is pause, resume or checkpoint-now");
        }
        return act(
                user,
                action.update(),
                run,
                connection -> "%s: %s"
                        .formatted(
                                run,
                                RunningTraining.send(handle(connection, fields), action, null, null)
                                        .message()));
    }

    /**
     * Records a decision on a candidate that feedback proposes: that of {@code septet review}, with its checks. The decision takes
     * effect at once. One at a time, because the decisions of a pipeline are open for one reviewer.
     */
    synchronized UiPage.Notice review(UiUser user, Map<String, String> fields) {
        String pipeline = fields.getOrDefault("pipeline", "");
        String id = fields.getOrDefault("id", "");
        String decision = fields.getOrDefault("decision", "");
        if (!pipeline.matches(PipelineSpec.NAME_PATTERN) || !id.matches("[0-9a-f]{64}")) {
            return bad("a decision needs a pipeline, and the id of a candidate");
        }
        try {
            ReviewCandidate candidate = feedback.candidates(pipeline).all().stream()
                    .filter(one -> one.id().equals(id))
                    .findFirst()
                    .orElse(null);
            if (candidate == null) {
                return bad("there is no candidate %s; nothing was decided".formatted(ReviewBook.shortened(id)));
            }
            try (ReviewBook book = feedback.open(pipeline)) {
                if (!book.pending(candidate)) {
                    return bad("%s was decided already; nothing was changed".formatted(ReviewBook.shortened(id)));
                }
                switch (decision) {
                    case "accept" -> book.accept(candidate, user.name(), Clock.systemUTC());
                    case "reject" -> book.reject(candidate, user.name(), Clock.systemUTC());
                    case "replace" ->
                        book.replace(
                                candidate,
                                fields.getOrDefault("text", "").replace("\r\n", "\n"),
                                user.name(),
                                Clock.systemUTC());
                    default -> {
                        return bad("decision is accept, reject or replace");
                    }
                }
                LOG.info("review of {} by {}: {} {}", pipeline, user.name(), decision, ReviewBook.shortened(id));
                String done = decision.equals("reject") ? "rejected" : "accepted";
                return new UiPage.Notice(
                        String.format(
                                Locale.ROOT,
                                "%s is %s; %,d accepted rows",
                                ReviewBook.shortened(id),
                                done,
                                book.rows()),
                        true);
            }
        } catch (CliProblem | ReviewProblem | RowProblem | AuditException | StageProblem refused) {
            return bad(String.valueOf(refused.getMessage()));
        } catch (IOException | RuntimeException failed) {
            LOG.warn("a review of {} by {} failed", pipeline, user.name(), failed);
            return bad(ServerLink.words(failed));
        }
    }

    /** A run of this id that began later is another run: the page did not show it. */
    private static RunHandle handle(Connection connection, Map<String, String> fields) {
        return new RunHandle(connection, fields.getOrDefault("run", ""), fields.getOrDefault("runId", ""));
    }

    private interface Action {
        String send(Connection connection) throws Exception;
    }

    private UiPage.Notice act(UiUser user, String what, String run, Action action) {
        if (run.isEmpty()) {
            return bad("run is missing: the workflow id of a run");
        }
        try {
            String message = action.send(link.open());
            LOG.info("{} by {}: {}", what, user.name(), message);
            return new UiPage.Notice(message, true);
        } catch (CliProblem refused) {
            return bad(String.valueOf(refused.getMessage()));
        } catch (Exception failed) {
            LOG.warn("{} by {} failed", what, user.name(), failed);
            return bad("%s: %s".formatted(run, ServerLink.words(failed)));
        }
    }

    private static @Nullable String text(@Nullable String given) {
        return given == null || given.isBlank() ? null : given.strip();
    }

    private static UiPage.Notice bad(String text) {
        return new UiPage.Notice(text, false);
    }
}
