package dev.septet.llm.generate;

import dev.septet.llm.generate.sampling.FinishReason;

/**
 * An answer.
 *
 * @param ids the tokens that the model wrote, a stop token included, [new tokens]
 * @param text their text, without special tokens and without a stop text
 * @param reason why it ended
 */
@SuppressWarnings("ArrayRecordComponent") // a column of numbers, compared by nobody
public record Generated(int[] ids, String text, FinishReason reason) {}
