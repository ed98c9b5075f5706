package dev.septet.llm.tokenizer;

/**
 * A token that tokenizer.json adds to its model's vocabulary.
 *
 * @param id its token id
 * @param text its text in a rendered chat template
 * @param control true for a control token, such as an end of turn or a role mark; false for an
 *     ordinary word
 * @param reserved whether message text must not become this token. This includes control tokens, and
 *     tokens declared as ordinary words that the chat template writes or that look like a mark
 */
public record AddedToken(int id, String text, boolean control, boolean reserved) {}
