package dev.septet.llm.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * The log-probabilities of a position of an answer. They are those of the model's distribution over
 * its vocabulary: before temperature, top-p, top-k and a constraint.
 *
 * @param chosen the token of the answer
 * @param top the most probable tokens, the most probable one first; the lowest id among equals
 */
public record TokenLogProbabilities(Scored chosen, List<Scored> top) {
    /**
     * A token.
     *
     * @param logProbability in nats, at most 0
     */
    public record Scored(int id, double logProbability) {}

    public TokenLogProbabilities {
        top = List.copyOf(top);
    }

    /**
     * Of one row of the model's output.
     *
     * @param logits logits of the tokens, (V)
     * @param size number of ids in the tokenizer's vocabulary
     * @param count number of most probable tokens
     */
    static TokenLogProbabilities of(float[] logits, int size, int chosen, int count) {
        int all = Math.min(size, logits.length);
        double highest = Double.NEGATIVE_INFINITY;
        for (int id = 0; id < all; id++) {
            highest = Math.max(highest, logits[id]);
        }
        double sum = 0;
        for (int id = 0; id < all; id++) {
            sum += StrictMath.exp(logits[id] - highest);
        }
        double total = highest + StrictMath.log(sum);
        int[] best = new int[Math.min(count, all)];
        int found = 0;
        for (int id = 0; id < all && best.length > 0; id++) {
            if (found < best.length || logits[id] > logits[best[found - 1]]) {
                int at = found < best.length ? found++ : found - 1;
                while (at > 0 && logits[id] > logits[best[at - 1]]) {
                    best[at] = best[at - 1];
                    at--;
                }
                best[at] = id;
            }
        }
        List<Scored> top = new ArrayList<>();
        for (int id : best) {
            top.add(new Scored(id, logits[id] - total));
        }
        return new TokenLogProbabilities(new Scored(chosen, logits[chosen] - total), top);
    }
}
