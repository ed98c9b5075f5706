package dev.septet.llm.template;

import dev.septet.llm.template.jinja.value.Span;
import java.util.Optional;

/**
 * Where an answer lies in a rendered conversation.
 *
 * @param before the conversation up to the answer, ready for it
 * @param through the conversation up to and with the answer, as if it ended there
 * @param whole all of it
 * @param content what the message says
 */
record AnswerSpan(String before, String through, String whole, String content) {
    /** The answer with the mark that ends its turn; empty if the renderings do not fit. */
    Optional<Span> find() {
        if (!whole.startsWith(before) || !through.startsWith(before)) {
            return Optional.empty();
        }
        int start = before.length();
        if (whole.startsWith(through)) {
            return Optional.of(new Span(start, withoutSpace(start, through.length())));
        }
        // Some templates write one more token after the last turn of all, so that the answer is
        // what both renderings share, up to the last token that both write in full.
        int end = start;
        while (end < Math.min(through.length(), whole.length()) && through.charAt(end) == whole.charAt(end)) {
            end++;
        }
        while (end > start && !endsToken(whole.charAt(end - 1))) {
            end--;
        }
        boolean complete = whole.substring(start, end).contains(content.strip());
        return complete ? Optional.of(new Span(start, withoutSpace(start, end))) : Optional.empty();
    }

    private static boolean endsToken(char c) {
        return c == '>' || c == ']' || Character.isWhitespace(c);
    }

    /**
     * White space after the mark that ends a turn is no part of the answer. Where there is no such
     * mark, white space is all that ends the turn, so it stays.
     */
    private int withoutSpace(int start, int end) {
        String answered = whole.substring(start, end).stripTrailing();
        boolean marked = !answered.endsWith(content.stripTrailing());
        return marked ? start + answered.length() : end;
    }
}
