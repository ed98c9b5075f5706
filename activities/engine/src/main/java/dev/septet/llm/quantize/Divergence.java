package dev.septet.llm.quantize;

import java.util.Arrays;
import java.util.List;

/**
 * The divergence between the predictions of two versions of a model, over some positions of texts:
 * KL(first || second) = sum over tokens of p log(p / q), in nats.
 *
 * @param mean over the positions
 * @param tail 99th percentile over the positions
 * @param agreement share of positions where both versions have the same most probable token
 */
public record Divergence(double mean, double tail, double agreement) {
    private static final double PERCENTILE = 0.99;

    /** The divergence of two lists of logits, (positions, vocabulary) each. */
    public static Divergence of(List<float[]> first, List<float[]> second) {
        if (first.isEmpty() || first.size() != second.size()) {
            throw new IllegalArgumentException(first.size() + " positions cannot be compared with " + second.size());
        }
        double[] each = new double[first.size()];
        int agreeing = 0;
        for (int at = 0; at < each.length; at++) {
            each[at] = at(first.get(at), second.get(at));
            agreeing += likeliest(first.get(at)) == likeliest(second.get(at)) ? 1 : 0;
        }
        Arrays.sort(each);
        int tail = (int) Math.ceil(PERCENTILE * each.length) - 1;
        return new Divergence(Arrays.stream(each).average().orElse(0), each[tail], (double) agreeing / each.length);
    }

    /** The divergence at one position. */
    public static double at(float[] first, float[] second) {
        double[] p = logProbabilities(first);
        double[] q = logProbabilities(second);
        double sum = 0;
        for (int token = 0; token < p.length; token++) {
            sum += Math.exp(p[token]) * (p[token] - q[token]);
        }
        return Math.max(0, sum);
    }

    /** The token with the highest logit; the lowest id among equals. */
    public static int likeliest(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            best = logits[token] > logits[best] ? token : best;
        }
        return best;
    }

    private static double[] logProbabilities(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        double normaliser = max + Math.log(sum);
        double[] probabilities = new double[logits.length];
        for (int token = 0; token < logits.length; token++) {
            probabilities[token] = logits[token] - normaliser;
        }
        return probabilities;
    }
}
