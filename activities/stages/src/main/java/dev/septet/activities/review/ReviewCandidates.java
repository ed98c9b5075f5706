package dev.septet.activities.review;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.AuditPage;
import dev.septet.activities.audit.AuditReader;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.AuditedTurn;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.Thumb;
import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.prepare.redaction.Redactor;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rows that a pipeline's audit log proposes for training. Of several feedbacks on one answer
 * the last correction counts, else the last thumb.
 *
 * @param all candidates in the order of their first feedback
 * @param unusable number of feedbacks without a candidate, by reason
 */
public record ReviewCandidates(List<ReviewCandidate> all, Map<String, Integer> unusable) {
    private static final int AT_ONCE = 4096;

    public ReviewCandidates {
        all = List.copyOf(all);
        unusable = new TreeMap<>(unusable);
    }

    /**
     * Reads the log twice: for the feedback, then for its answers.
     *
     * @param thumbsUp whether an answer with a thumbs-up is a candidate too
     * @param regions regions whose national phone numbers are masked too
     */
    public static ReviewCandidates read(AuditReader log, String pipeline, boolean thumbsUp, List<String> regions)
            throws IOException {
        Map<String, Rating> ratings = new LinkedHashMap<>();
        each(log, line -> {
            if (line.event() instanceof FeedbackEvent feedback
                    && feedback.pipeline().equals(pipeline)) {
                ratings.merge(feedback.of(), new Rating(line, feedback), Rating::orLater);
            }
        });
        Map<String, AuditRecord> answers = new LinkedHashMap<>();
        each(log, line -> {
            if (line.event() instanceof AnswerEvent answer
                    && answer.servedBy().pipeline().equals(pipeline)
                    && ratings.containsKey(answer.id())) {
                answers.put(answer.id(), line);
            }
        });
        Gathering gathering = new Gathering(thumbsUp, regions);
        ratings.forEach((of, rating) -> gathering.consider(rating, answers.get(of)));
        return new ReviewCandidates(List.copyOf(gathering.found.values()), gathering.unusable);
    }

    @FunctionalInterface
    private interface Line {
        void accept(AuditRecord line);
    }

    private static void each(AuditReader log, Line each) throws IOException {
        long at = 0;
        for (AuditPage page = log.read(at, AT_ONCE); page.next() > at; page = log.read(at, AT_ONCE)) {
            page.records().forEach(each::accept);
            at = page.next();
        }
    }

    private record Rating(AuditRecord line, FeedbackEvent feedback) {
        Rating orLater(Rating later) {
            boolean kept = feedback.correction() != null && later.feedback.correction() == null;
            return kept ? this : later;
        }
    }

    private static final class Gathering {
        private final boolean thumbsUp;
        private final Redactor redactor;
        private final Map<String, ReviewCandidate> found = new LinkedHashMap<>();
        private final Map<String, Integer> unusable = new TreeMap<>();

        Gathering(boolean thumbsUp, List<String> regions) {
            this.thumbsUp = thumbsUp;
            this.redactor = Redactor.masking(RedactSpec.CONTACT_AND_ACCOUNT, regions);
        }

        void consider(Rating rating, @org.jspecify.annotations.Nullable AuditRecord answered) {
            FeedbackEvent feedback = rating.feedback();
            if (answered == null || !(answered.event() instanceof AnswerEvent answer)) {
                skip("is about an answer that is not in the log");
                return;
            }
            String correction = feedback.correction();
            String given = answer.reply().answer();
            boolean liked = correction == null && feedback.thumb() == Thumb.UP;
            if (liked && !thumbsUp) {
                skip("is a thumb up; --thumbs-up makes those candidates too");
            } else if (correction == null && !liked) {
                skip("is a thumb down without a correction");
            } else if (answer.question().messages() == null) {
                skip(
                        answer.question().prompt() == null
                                ? "is about a question without a logged text"
                                : "is about a bare prompt, not a conversation");
            } else if (given == null) {
                skip("is about a request that failed");
            } else if (usesTools(answer)) {
                skip("is about a conversation with tools");
            } else {
                add(rating, answered, answer, liked ? given : String.valueOf(correction));
            }
        }

        /** A correction is text alone: it cannot say which calls are right. */
        private static boolean usesTools(AnswerEvent answer) {
            List<AuditedTurn> turns = answer.question().messages();
            return answer.question().tools() != null
                    || answer.reply().calls() != null
                    || (turns != null
                            && turns.stream().anyMatch(turn -> turn.calls() != null || turn.callId() != null));
        }

        private void add(Rating rating, AuditRecord answered, AnswerEvent answer, String corrected) {
            List<Message> messages = new ArrayList<>();
            try {
                for (AuditedTurn turn : List.copyOf(answer.question().messages())) {
                    messages.add(new Message(
                            ChatRole.valueOf(turn.role().toUpperCase(Locale.ROOT)), redactor.redacted(turn.content())));
                }
                messages.add(new Message(ChatRole.ASSISTANT, redactor.redacted(corrected)));
                ChatRow row = new ChatRow(messages, new RowPlace("audit", answered.sequence()));
                ReviewCandidate candidate = new ReviewCandidate(
                        row,
                        rating.feedback().correction() == null
                                ? ReviewCandidate.Kind.THUMB_UP
                                : ReviewCandidate.Kind.CORRECTION,
                        redactor.redacted(String.valueOf(answer.reply().answer())),
                        List.of(new Evidence(
                                answer.id(),
                                answered.digest(),
                                rating.feedback().id(),
                                rating.line().digest(),
                                answer.servedBy().version(),
                                rating.feedback().time().toString())));
                found.merge(candidate.id(), candidate, (one, same) -> one.withEvidence(same.evidence()));
            } catch (RowProblem | IllegalArgumentException notARow) {
                skip("is about a conversation that is no row: " + notARow.getMessage());
            }
        }

        private void skip(String reason) {
            unusable.merge(reason, 1, Integer::sum);
        }
    }
}
