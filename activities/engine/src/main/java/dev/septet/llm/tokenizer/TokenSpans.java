package dev.septet.llm.tokenizer;

/**
 * Token ids and the part of the text that each stands for.
 *
 * @param ids token ids, [tokens]
 * @param starts where a token's text begins, in UTF-16 units of the encoded text, [tokens]
 * @param ends where it ends (exclusive), [tokens]; the tokens of one character share its span
 */
@SuppressWarnings("ArrayRecordComponent") // columns of numbers, compared by nobody
public record TokenSpans(int[] ids, int[] starts, int[] ends) {}
