package dev.septet.activities.deploy;

import dev.septet.llm.model.LanguageModel;
import dev.septet.llm.model.Precision;
import dev.septet.llm.train.TokenDataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How far two forms of a model are apart on real prompts.
 *
 * @param largest greatest absolute difference of a logit
 * @param scale greatest absolute logit of the first form
 * @param divergence mean over the positions of KL(first || second), in nats
 * @param agreement share of positions where both find the same token likeliest
 */
record Parity(double largest, double scale, double divergence, double agreement) {
    /** Rows that are compared, and tokens of each. */
    private static final int ROWS = 8;

    private static final int TOKENS = 256;

    /**
     * Rows of the test split, else of the next split that has some; spread evenly.
     *
     * @param dataset folder of the prepared dataset
     */
    static List<int[]> prompts(Path dataset) {
        for (String split : List.of("test", "validation", "train")) {
            Path file = dataset.resolve(split + ".safetensors");
            if (Files.exists(file)) {
                TokenDataset rows = TokenDataset.open(file);
                if (rows.rows() > 0) {
                    return prompts(rows);
                }
            }
        }
        throw new IllegalStateException(dataset + " has no rows in any split");
    }

    private static List<int[]> prompts(TokenDataset rows) {
        int count = Math.min(ROWS, rows.rows());
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] tokens = rows.row((int) ((long) i * rows.rows() / count)).tokens();
            prompts.add(Arrays.copyOf(tokens, Math.min(TOKENS, tokens.length)));
        }
        return prompts;
    }

    /** Logits of every position of every prompt: (positions, V), in float32 arithmetic. */
    static List<float[]> logits(Path model, Optional<Path> adapter, List<int[]> prompts) {
        List<float[]> logits = new ArrayList<>();
        try (LanguageModel opened = LanguageModel.open(model, Precision.FLOAT32, adapter)) {
            for (int[] prompt : prompts) {
                logits.addAll(List.of(opened.logits(prompt)));
            }
        }
        return logits;
    }

    static Parity of(List<float[]> first, List<float[]> second) {
        double largest = 0;
        double scale = 0;
        double divergence = 0;
        int agreeing = 0;
        for (int at = 0; at < first.size(); at++) {
            float[] one = first.get(at);
            float[] other = second.get(at);
            for (int token = 0; token < one.length; token++) {
                double difference = Math.abs((double) one[token] - other[token]);
                // a NaN on either side must fail the bound, not slip through a comparison
                largest = difference <= largest ? largest : difference;
                scale = Math.max(scale, Math.abs(one[token]));
            }
            divergence += divergence(one, other);
            agreeing += likeliest(one) == likeliest(other) ? 1 : 0;
        }
        int positions = Math.max(1, first.size());
        return new Parity(largest, scale, divergence / positions, (double) agreeing / positions);
    }

    /** Whether no logit differs by more than this share of the logits' scale (at least 1). */
    boolean within(double share) {
        return largest <= share * Math.max(1, scale);
    }

    private static double divergence(float[] one, float[] other) {
        double[] p = logProbabilities(one);
        double[] q = logProbabilities(other);
        double sum = 0;
        for (int token = 0; token < p.length; token++) {
            sum += Math.exp(p[token]) * (p[token] - q[token]);
        }
        return Math.max(0, sum);
    }

    private static double[] logProbabilities(float[] logits) {
        double most = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            most = Math.max(most, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - most);
        }
        double normaliser = most + Math.log(sum);
        double[] probabilities = new double[logits.length];
        for (int token = 0; token < logits.length; token++) {
            probabilities[token] = logits[token] - normaliser;
        }
        return probabilities;
    }

    private static int likeliest(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            best = logits[token] > logits[best] ? token : best;
        }
        return best;
    }
}
