package dev.septet.llm.tokenizer;

/**
 * A token that tokenizer.json adds to its model's vocabulary.
 *
 * @param id its token id
 * @param text how it is written in a rendered chat template
 * @param control true for a token that steers the model (an end of turn, a role mark), false for an
 *     ordinary word
 */
public record AddedToken(int id, String text, boolean control) {}
