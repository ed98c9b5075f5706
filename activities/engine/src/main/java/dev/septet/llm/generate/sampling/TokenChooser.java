package dev.septet.llm.generate.sampling;

import dev.septet.llm.model.program.TopTokens;
import dev.septet.llm.runtime.CounterRandom;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Chooses next tokens for one answer. The same scores at the same place give the same token. */
public final class TokenChooser {
    private final Sampling sampling;
    private final int vocabularySize;
    private final CounterRandom draws;

    /**
     * @param vocabularySize ids that the tokenizer knows; a model may have more rows than that
     * @param prompt whose tokens, with the seed, decide all draws
     */
    public TokenChooser(Sampling sampling, int vocabularySize, int[] prompt) {
        this.sampling = sampling;
        this.vocabularySize = vocabularySize;
        this.draws = CounterRandom.stream(sampling.seed(), "sampling").at(hash(prompt));
    }

    /**
     * The next token.
     *
     * @param next what the model says, all scores included where tokens are drawn
     * @param row which of its rows counts
     * @param position how many tokens the answer has already
     */
    public int next(TopTokens next, int row, int position) {
        if (!sampling.isGreedy()) {
            return next(next.scores()[row], position);
        }
        requireFinite(next.highest()[row]);
        return next.best()[row];
    }

    /**
     * The next token.
     *
     * @param logits scores of the tokens, (V)
     * @param position how many tokens the answer has already
     */
    public int next(float[] logits, int position) {
        int size = Math.min(logits.length, vocabularySize);
        int best = 0;
        for (int id = 1; id < size; id++) {
            // The first of equals, as torch's argmax takes it.
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
        double left = draws.uniform(position) * sum(weights, candidates);
        for (int id : candidates) {
            left -= weights[id];
            if (left < 0) {
                return id;
            }
        }
        return candidates[candidates.length - 1]; // rounding at the very end
    }

    /** Sets all but the k highest weights to 0, of equals the first stay; gives their sum. */
    private double topK(double[] weights) {
        int k = Math.min(sampling.topK(), weights.length);
        double[] ascending = weights.clone();
        Arrays.sort(ascending);
        double least = ascending[weights.length - k];
        int equals = k
                - (int) DoubleStream.of(weights)
                        .filter(weight -> weight > least)
                        .count();
        double total = 0;
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] < least || (weights[id] == least && equals-- <= 0)) {
                weights[id] = 0;
            }
            total += weights[id];
        }
        return total;
    }

    /** The most probable tokens that together hold top-p, most probable first, ties by id. */
    private Integer[] topP(double[] weights, double total) {
        // Tokens below this share hold less than 1 - top-p even all together: none is needed.
        double negligible = (1 - sampling.topP()) / weights.length * total;
        Integer[] sorted = IntStream.range(0, weights.length)
                .filter(id -> weights[id] > 0 && weights[id] >= negligible)
                .boxed()
                .toArray(Integer[]::new);
        Arrays.sort(sorted, (a, b) -> Double.compare(weights[b], weights[a]));
        double held = 0;
        int count = 0;
        while (count < sorted.length && held < sampling.topP() * total) {
            held += weights[sorted[count++]];
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
