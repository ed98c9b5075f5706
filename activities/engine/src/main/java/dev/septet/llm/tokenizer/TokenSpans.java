package dev.septet.llm.tokenizer;

/**
 * Token ids and the span of text of each token.
 *
 * @param ids token ids, [tokens]
 * @param starts start of each token's text, in UTF-16 units of the encoded text, [tokens]
 * @param ends end of each token's text (exclusive), [tokens]; the tokens of one character share its
 *     span
 */
@SuppressWarnings("ArrayRecordComponent") // columns of numbers; records are never compared
public record TokenSpans(int[] ids, int[] starts, int[] ends) {}
