package dev.septet.llm.model.program;

/**
 * A model's predictions of some tokens of a row.
 *
 * @param logProbabilities natural log of each token's probability
 * @param greedy whether each token was the most probable one
 */
@SuppressWarnings("ArrayRecordComponent") // columns of numbers; records are never compared
public record TokenScores(float[] logProbabilities, boolean[] greedy) {}
