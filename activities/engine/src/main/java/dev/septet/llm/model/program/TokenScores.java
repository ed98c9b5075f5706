package dev.septet.llm.model.program;

/**
 * How well a model foretold some tokens of a row.
 *
 * @param logProbabilities natural log of each token's probability
 * @param greedy whether each was the most probable one
 */
@SuppressWarnings("ArrayRecordComponent") // columns of numbers, compared by nobody
public record TokenScores(float[] logProbabilities, boolean[] greedy) {}
