package dev.septet.llm.model.program;

/**
 * The predicted next tokens of some positions of a sequence.
 *
 * @param best the most probable next token of each position; the lowest id among equals
 * @param highest its logit
 * @param scores all logits, (tokens, vocabulary); empty if not requested
 */
@SuppressWarnings("ArrayRecordComponent") // columns of numbers; records are never compared
public record TopTokens(int[] best, float[] highest, float[][] scores) {}
