package dev.septet.workers.cli.review;

import dev.septet.activities.evaluate.votes.AnswerPair;
import dev.septet.activities.evaluate.votes.BlindPair;
import dev.septet.activities.evaluate.votes.PairSample;
import dev.septet.activities.evaluate.votes.VoteWriter;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pairs of a run, and which of them people vote on.
 *
 * @param sets pairs of each set of rows; the test split has an empty name
 * @param against the other model, for the file
 * @param rows how many pairs to draw of all sets together; null for all
 * @param seed of the draw; null for that of the file, or {@value #DEFAULT_SEED}
 */
record SampledReview(
        Map<String, List<AnswerPair>> sets,
        String against,
        @Nullable Integer rows,
        @Nullable Long seed) {
    private static final long DEFAULT_SEED = 1;

    /**
     * Opens a review. Without {@code rows} and {@code seed}, it goes on with the sample of the file, if that is of these
     * pairs.
     */
    BlindReview open(VoteWriter writer, Consumer<String> note) throws IOException {
        Map<String, Map<String, AnswerPair>> different = new LinkedHashMap<>();
        sets.forEach((set, pairs) -> {
            Map<String, AnswerPair> byId = new HashMap<>();
            pairs.forEach(pair -> byId.put(pair.blind().id(), pair));
            different.put(set, byId);
        });
        Map<String, Integer> shares = shares(different);
        Map<String, BlindPair> asked = new LinkedHashMap<>();
        long order = seed == null ? DEFAULT_SEED : seed;
        int equal = 0;
        for (Map.Entry<String, Map<String, AnswerPair>> set : different.entrySet()) {
            Map<String, AnswerPair> pairs = set.getValue();
            Optional<PairSample> before = writer.before().sample(set.getKey(), pairs.keySet());
            PairSample sample = before.filter(last -> rows == null && seed == null)
                    .orElse(PairSample.of(
                            set.getKey(), against, order, pairs.keySet(), shares.getOrDefault(set.getKey(), 0)));
            order = sample.seed();
            if (!before.equals(Optional.of(sample))) {
                writer.append(sample);
            }
            for (String id : sample.of(pairs.keySet())) {
                AnswerPair pair = pairs.get(id);
                if (pair == null || pair.equal()) {
                    equal++;
                } else {
                    asked.put(id, pair.blind());
                }
            }
        }
        note.accept(String.format(
                Locale.ROOT, "%d pairs to vote on; %d more have equal answers and count as ties", asked.size(), equal));
        return new BlindReview(writer, asked.values(), order, Clock.systemUTC());
    }

    /** How many pairs of each set are drawn: in proportion to their numbers, and at least one. */
    private Map<String, Integer> shares(Map<String, Map<String, AnswerPair>> different) {
        int rest = different.values().stream().mapToInt(Map::size).sum();
        int left = rows == null ? rest : Math.min(rows, rest);
        Map<String, Integer> shares = new LinkedHashMap<>();
        for (Map.Entry<String, Map<String, AnswerPair>> set : different.entrySet()) {
            int size = set.getValue().size();
            int share = Math.min(size, Math.max(1, (int) Math.round((double) left * size / Math.max(1, rest))));
            shares.put(set.getKey(), share);
            left = Math.max(0, left - share);
            rest -= size;
        }
        return shares;
    }
}
