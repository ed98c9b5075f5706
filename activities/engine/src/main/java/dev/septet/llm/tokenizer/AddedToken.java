package dev.septet.llm.tokenizer;

/**
 * A token that tokenizer.json adds to its model's vocabulary.
 *
 * @param id its token id
 * @param text how it is written in a rendered chat template
 * @param control true for a token that steers the model (an end of turn, a role mark), false for an
 *     ordinary word
 * @param steers whether no text of a message may become it: a control token, and one that is
 *     declared as an ordinary word, but that the chat template writes or that looks like a mark
 */
public record AddedToken(int id, String text, boolean control, boolean steers) {}
