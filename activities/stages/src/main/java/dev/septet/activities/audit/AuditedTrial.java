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
 * A champion and a challenger, counted from the log while both answer. Feedback counts for the arm
 * that gave the answer, once for each answer as it was given last, and no key's counts for more
 * than all others'. Feedback on answers from before the trial counts for none.
 *
 * @param cursor where the trial's lines begin
 * @param next where they end for now
 */
public record AuditedTrial(long cursor, long next, Map<Arm, ArmTally> tallies) {
    private static final int AT_ONCE = 4096;

    /** So many of one key count where others have hardly voted. */
    private static final int FEW_VOTES = 20;

    public AuditedTrial {
        tallies = Map.copyOf(tallies);
    }

    /** Counts the lines of a pipeline's two arms from a cursor on, whatever answered in them. */
    public static AuditedTrial read(AuditReader reader, long cursor, String pipeline) throws IOException {
        return read(reader, cursor, answer -> answer.pipeline().equals(pipeline));
    }

    /**
     * Counts the lines that were answered by whom the trial is about; a server may go on for a
     * second with a model of the trial before.
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
                    votes.put(feedback.of(), feedback); // who thinks again has still one vote
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

    /** What an arm did. */
    public ArmTally of(Arm arm) {
        return tallies.getOrDefault(arm, ArmTally.NONE);
    }

    private static final class Count {
        private long answers;
        private long errors;
        private long refusals;
        private long up;
        private long down;
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
                down++;
            }
        }

        ArmTally tally() {
            return new ArmTally(answers, errors, refusals, up, down, millis, lengths);
        }
    }
}
