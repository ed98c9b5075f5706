package dev.septet.llm.model.program;

/**
 * What may come after some tokens of a sequence.
 *
 * @param best the most probable successor of each, the first of equals
 * @param highest its score
 * @param scores of all successors, (tokens, vocabulary); empty where not asked for
 */
@SuppressWarnings("ArrayRecordComponent") // columns of numbers, compared by nobody
public record TopTokens(int[] best, float[] highest, float[][] scores) {}
