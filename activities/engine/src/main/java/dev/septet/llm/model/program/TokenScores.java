package dev.septet.llm.model.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A model's predictions of some tokens of a row.
 *
 * @param logProbabilities natural log of each token's probability
 * @param greedy whether each token was the most probable one
 */
@SuppressWarnings("ArrayRecordComponent") // columns of numbers; records are never compared
public record TokenScores(float[] logProbabilities, boolean[] greedy) {
    /**
     * Splits a program's result, (2, M).
     *
     * @param counts number of scored tokens of each row
     * @param all M, their sum
     */
    static List<TokenScores> split(float[] flat, int[] counts, int all) {
        List<TokenScores> scores = new ArrayList<>();
        int at = 0;
        for (int count : counts) {
            boolean[] greedy = new boolean[count];
            for (int i = 0; i < count; i++) {
                greedy[i] = flat[all + at + i] != 0;
            }
            scores.add(new TokenScores(Arrays.copyOfRange(flat, at, at + count), greedy));
            at += count;
        }
        return scores;
    }
}
