package dev.septet.activities.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The tallies of a champion and a challenger, counted from the log while both answer.
 *
 * <p>Feedback counts for the arm that gave the answer. Of several feedbacks on one answer the last
 * one counts. The feedback of one API key counts for at most as much as that of all other keys (see
 * {@link KeyShare}). Feedback on answers from before the trial does not count.
 *
 * @param cursor where the trial's lines begin
 * @param next where the lines read so far end
 */
public record AuditedTrial(long cursor, long next, Map<Arm, ArmTally> tallies) {
    private static final int AT_ONCE = 4096;

    /** Votes of one API key that count when other keys have hardly voted. */
    private static final int FEW_VOTES = 20;

    public AuditedTrial {
        tallies = Map.copyOf(tallies);
    }

    /** Counts the lines of a pipeline's two arms from a cursor on, whichever versions answered. */
    public static AuditedTrial read(AuditReader reader, long cursor, String pipeline) throws IOException {
        return read(reader, cursor, answer -> answer.pipeline().equals(pipeline));
    }

    /**
     * Counts the answers of the models that are on trial. A server may answer with a model of the
     * previous trial for another second.
     *
     * @param concerned whether the trial is about this model
     */
    public static AuditedTrial read(AuditReader reader, long cursor, Predicate<ServedBy> concerned) throws IOException {
        Map<Arm, Count> counts = new EnumMap<>(Arm.class);
        for (Arm arm : Arm.values()) {
            counts.put(arm, new Count());
        }
        Map<String, Arm> answered = new HashMap<>();
        Map<String, FeedbackEvent> votes = new LinkedHashMap<>();
        long at = cursor;
        for (AuditPage page = reader.read(at, AT_ONCE); page.next() > at; page = reader.read(at, AT_ONCE)) {
            for (AuditRecord record : page.records()) {
                if (record.event() instanceof AnswerEvent answer && concerned.test(answer.servedBy())) {
                    answered.put(answer.id(), answer.servedBy().arm());
                    counts.getOrDefault(answer.servedBy().arm(), new Count()).add(answer.reply());
                } else if (record.event() instanceof FeedbackEvent feedback && answered.containsKey(feedback.of())) {
                    votes.put(feedback.of(), feedback); // a changed opinion is still one vote
                }
            }
            at = page.next();
        }
        for (FeedbackEvent vote : KeyShare.bounded(List.copyOf(votes.values()), FeedbackEvent::key, FEW_VOTES)) {
            counts.getOrDefault(answered.get(vote.of()), new Count()).add(vote);
        }
        Map<Arm, ArmTally> tallies = new EnumMap<>(Arm.class);
        counts.forEach((arm, count) -> tallies.put(arm, count.tally()));
        return new AuditedTrial(cursor, at, tallies);
    }

    /** The tally of one arm. */
    public ArmTally of(Arm arm) {
        return tallies.getOrDefault(arm, ArmTally.NONE);
    }

    private static final class Count {
        private long answers;
        private long errors;
        private long refusals;
        private long up;
        private long thumbsDown;
        private final List<Long> millis = new ArrayList<>();
        private final List<Integer> lengths = new ArrayList<>();

        void add(Reply reply) {
            answers++;
            refusals += reply.refused() ? 1 : 0;
            if (reply.error() != null) {
                errors++;
            } else {
                millis.add(reply.millis());
                lengths.add(reply.length());
            }
        }

        void add(FeedbackEvent feedback) {
            if (feedback.thumb() == Thumb.UP) {
                up++;
            } else {
                thumbsDown++;
            }
        }

        ArmTally tally() {
            return new ArmTally(answers, errors, refusals, up, thumbsDown, millis, lengths);
        }
    }
}
