package dev.septet.llm.template;

import dev.septet.llm.template.jinja.value.Span;
import java.util.Map;
import java.util.Optional;

/**
 * Finds an answer in a rendered conversation.
 *
 * @param before the rendered conversation before the answer, with the generation prompt
 * @param through the conversation rendered up to the answer and including it, as if it ended there
 * @param whole the whole rendered conversation
 * @param message the message that answers
 */
record AnswerSpan(String before, String through, String whole, ChatMessage message) {
    /** The answer with its end-of-turn mark; empty if the renderings do not match. */
    Optional<Span> find() {
        if (!whole.startsWith(before) || !through.startsWith(before)) {
            return Optional.empty();
        }
        int start = before.length();
        if (whole.startsWith(through)) {
            return Optional.of(new Span(start, withoutSpace(start, through.length())));
        }
        // Some templates write one more token after the last turn. So the answer is the part that
        // both renderings share, up to the last token that both contain completely.
        int end = start;
        while (end < Math.min(through.length(), whole.length()) && through.charAt(end) == whole.charAt(end)) {
            end++;
        }
        while (end > start && !endsToken(whole.charAt(end - 1))) {
            end--;
        }
        return complete(whole.substring(start, end))
                ? Optional.of(new Span(start, withoutSpace(start, end)))
                : Optional.empty();
    }

    /** Whether a text has the content, and the names of all functions that the message calls. */
    boolean complete(String answered) {
        return answered.contains(message.text().strip())
                && message.toolCalls().stream().map(AnswerSpan::name).allMatch(answered::contains);
    }

    private static String name(Object call) {
        return call instanceof Map<?, ?> map
                        && map.get("function") instanceof Map<?, ?> function
                        && function.get("name") instanceof String name
                ? name
                : "";
    }

    private static boolean endsToken(char c) {
        return c == '>' || c == ']' || Character.isWhitespace(c);
    }

    /**
     * White space after the end-of-turn mark does not belong to the answer. Without such a mark,
     * white space alone ends the turn, so it is kept.
     */
    private int withoutSpace(int start, int end) {
        String answered = whole.substring(start, end).stripTrailing();
        boolean marked = !message.toolCalls().isEmpty()
                || !answered.endsWith(message.text().stripTrailing());
        return marked ? start + answered.length() : end;
    }
}
