package dev.septet.workers.cli.review;

import dev.septet.activities.evaluate.report.DisplayText;
import dev.septet.activities.evaluate.votes.AnswerPair.Verdict;
import dev.septet.activities.evaluate.votes.BlindPair;
import dev.septet.activities.evaluate.votes.Vote;
import dev.septet.activities.evaluate.votes.VoteWriter;
import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pairs that people vote on, and their votes so far. It does not know which model wrote which answer. Each vote is on the
 * device when a method returns. Any number of reviewers may vote at the same time.
 */
final class BlindReview {
    /** The longest text that is shown, in characters. */
    static final int LONGEST = 50_000;

    private final VoteWriter writer;
    private final long seed;
    private final Clock clock;
    private final Map<String, BlindPair> pairs = new HashMap<>();
    private final Map<String, Map<String, Verdict>> decided = new HashMap<>();

    /** For each reviewer, all pairs in the order in which they are shown. */
    private final Map<String, List<BlindPair>> orders = new HashMap<>();

    /**
     * @param pairs the pairs to vote on, without those of equal answers
     * @param seed of their order, and of the sides of the answers
     */
    BlindReview(VoteWriter writer, Collection<BlindPair> pairs, long seed, Clock clock) {
        this.writer = writer;
        this.seed = seed;
        this.clock = clock;
        pairs.forEach(pair -> this.pairs.put(pair.id(), pair));
        writer.before()
                .last()
                .forEach((reviewer, votes) -> votes.forEach((pair, vote) -> {
                    if (this.pairs.containsKey(pair)) {
                        of(reviewer).put(pair, vote.verdict());
                    }
                }));
    }

    /**
     * What a reviewer sees. Texts have no control characters.
     *
     * @param pair id of the pair; empty when nothing is left
     * @param done the number of pairs that this reviewer has decided or skipped
     */
    record Question(String pair, String prompt, String left, String right, int done, int all) {
        /** Whether a pair is left. */
        boolean open() {
            return !pair.isEmpty();
        }
    }

    /** A vote that is not accepted, with the reason for the reviewer. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    private List<BlindPair> order(String reviewer) {
        return pairs.values().stream()
                .sorted(Comparator.comparing(pair -> pair.rank(seed, reviewer)))
                .toList();
    }

    /** The next pair of a reviewer. */
    synchronized Question next(String reviewer) {
        Map<String, Verdict> own = of(reviewer);
        BlindPair next = orders.computeIfAbsent(reviewer, this::order).stream()
                .filter(pair -> !own.containsKey(pair.id()))
                .findFirst()
                .orElse(null);
        int done = own.size();
        if (next == null) {
            return new Question("", "", "", "", done, pairs.size());
        }
        boolean swapped = next.swapped(seed, reviewer);
        return new Question(
                next.id(),
                shown(next.prompt()),
                shown(swapped ? next.other() : next.one()),
                shown(swapped ? next.one() : next.other()),
                done,
                pairs.size());
    }

    /**
     * Records a vote.
     *
     * @throws Refused when the pair is not one of this review, or the reviewer has decided it
     */
    synchronized void vote(String reviewer, String pair, Verdict verdict) throws IOException {
        BlindPair known = pairs.get(pair);
        if (known == null) {
            throw new Refused("this pair is not part of the review; reload the page");
        } else if (of(reviewer).containsKey(pair)) {
            throw new Refused(
                    "you have voted on this pair already, perhaps in another window; undo takes the vote back");
        }
        append(reviewer, known, verdict);
        of(reviewer).put(pair, verdict);
    }

    /**
     * Takes the last vote of a reviewer back.
     *
     * @throws Refused when there is none
     */
    synchronized void undo(String reviewer) throws IOException {
        List<String> own = new ArrayList<>(of(reviewer).keySet());
        BlindPair last = own.isEmpty() ? null : pairs.get(own.get(own.size() - 1));
        if (last == null) {
            throw new Refused("there is no vote to take back");
        }
        append(reviewer, last, Verdict.WITHDRAWN);
        of(reviewer).remove(last.id());
    }

    private void append(String reviewer, BlindPair pair, Verdict verdict) throws IOException {
        boolean swapped = pair.swapped(seed, reviewer);
        writer.append(new Vote(
                reviewer,
                Sha256.of(pair.prompt()),
                Sha256.of(swapped ? pair.other() : pair.one()),
                Sha256.of(swapped ? pair.one() : pair.other()),
                verdict,
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()));
    }

    private Map<String, Verdict> of(String reviewer) {
        return decided.computeIfAbsent(reviewer, any -> new LinkedHashMap<>());
    }

    private static String shown(@Nullable String text) {
        return DisplayText.of(String.valueOf(text), LONGEST);
    }
}
