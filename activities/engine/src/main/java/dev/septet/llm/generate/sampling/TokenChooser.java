package dev.septet.llm.generate.sampling;

import dev.septet.llm.model.program.TopTokens;
import dev.septet.llm.runtime.CounterRandom;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Chooses the next tokens of one answer. The same logits at the same position give the same token. */
public final class TokenChooser {
    private final Sampling sampling;
    private final int vocabularySize;
    private final CounterRandom random;

    /**
     * @param vocabularySize number of ids in the tokenizer's vocabulary; a model's output may have
     *     more rows
     * @param prompt its tokens and the seed determine all samples
     */
    public TokenChooser(Sampling sampling, int vocabularySize, int[] prompt) {
        this.sampling = sampling;
        this.vocabularySize = vocabularySize;
        this.random = CounterRandom.stream(sampling.seed(), "sampling").at(hash(prompt));
    }

    /**
     * Chooses the next token.
     *
     * @param next the model's output, with all logits if tokens are sampled
     * @param row row of the output to use
     * @param position number of tokens that the answer already has
     */
    public int next(TopTokens next, int row, int position) {
        if (!sampling.isGreedy()) {
            return next(next.scores()[row], position);
        }
        requireFinite(next.highest()[row]);
        return next.best()[row];
    }

    /**
     * Chooses the next token.
     *
     * @param logits logits of the tokens, (V)
     * @param position number of tokens that the answer already has
     */
    public int next(float[] logits, int position) {
        int size = Math.min(logits.length, vocabularySize);
        int best = 0;
        for (int id = 1; id < size; id++) {
            // The lowest id among equals, as in torch's argmax.
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        requireFinite(logits[best]);
        return sampling.isGreedy() ? best : draw(logits, size, logits[best], position);
    }

    private static void requireFinite(float highest) {
        if (!Float.isFinite(highest)) {
            throw new ArithmeticException(
                    "the model's scores are not finite: its weights are damaged, or bf16" + " overflowed");
        }
    }

    private int draw(float[] logits, int size, double highest, int position) {
        double[] weights = new double[size];
        double total = 0;
        for (int id = 0; id < size; id++) {
            weights[id] = StrictMath.exp((logits[id] - highest) / sampling.temperature());
            total += weights[id];
        }
        Integer[] candidates = sampling.topK() == 0 ? topP(weights, total) : topP(weights, topK(weights));
        double remaining = random.uniform(position) * sum(weights, candidates);
        for (int id : candidates) {
            remaining -= weights[id];
            if (remaining < 0) {
                return id;
            }
        }
        return candidates[candidates.length - 1]; // reached only by rounding
    }

    /**
     * Sets all but the k highest weights to 0; the lowest ids among equals stay. Returns the
     * remaining sum.
     */
    private double topK(double[] weights) {
        int k = Math.min(sampling.topK(), weights.length);
        double[] ascending = weights.clone();
        Arrays.sort(ascending);
        double threshold = ascending[weights.length - k];
        int equals = k
                - (int) DoubleStream.of(weights)
                        .filter(weight -> weight > threshold)
                        .count();
        double total = 0;
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] < threshold || (weights[id] == threshold && equals-- <= 0)) {
                weights[id] = 0;
            }
            total += weights[id];
        }
        return total;
    }

    /**
     * The smallest set of most probable tokens that together reach top-p, most probable first, ties
     * by id.
     */
    private Integer[] topP(double[] weights, double total) {
        // All tokens below this weight together hold less than 1 - top-p, so none of them is
        // needed.
        double negligible = (1 - sampling.topP()) / weights.length * total;
        Integer[] sorted = IntStream.range(0, weights.length)
                .filter(id -> weights[id] > 0 && weights[id] >= negligible)
                .boxed()
                .toArray(Integer[]::new);
        Arrays.sort(sorted, (a, b) -> Double.compare(weights[b], weights[a]));
        double cumulative = 0;
        int count = 0;
        while (count < sorted.length && cumulative < sampling.topP() * total) {
            cumulative += weights[sorted[count++]];
        }
        return Arrays.copyOf(sorted, Math.max(1, count));
    }

    private static double sum(double[] weights, Integer[] ids) {
        double sum = 0;
        for (int id : ids) {
            sum += weights[id];
        }
        return sum;
    }

    private static long hash(int[] prompt) {
        long hash = prompt.length;
        for (int id : prompt) {
            hash = hash * 0x100000001b3L + id;
        }
        return hash;
    }
}
