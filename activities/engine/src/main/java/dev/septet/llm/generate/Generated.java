package dev.septet.llm.generate;

import dev.septet.llm.generate.sampling.FinishReason;

/**
 * A generated answer.
 *
 * @param ids the tokens that the model generated, including a stop token, [new tokens]
 * @param text their text, without special tokens and without a stop string
 * @param reason why the answer ended
 */
@SuppressWarnings("ArrayRecordComponent") // a column of numbers; records are never compared
public record Generated(int[] ids, String text, FinishReason reason) {}
