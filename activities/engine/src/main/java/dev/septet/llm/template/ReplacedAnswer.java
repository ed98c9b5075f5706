package dev.septet.llm.template;

import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.template.jinja.value.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Finds an answer in a rendered conversation where {@link AnswerSpan} does not: the template writes
 * the messages before the answer differently once more messages follow. The answer is replaced by
 * one character that no text contains. What differs between both renderings is the answer.
 *
 * @param chat the whole conversation
 * @param answer index of the answer
 * @param whole the rendered conversation
 * @param render renders a conversation, with a generation prompt or without
 */
record ReplacedAnswer(Chat chat, int answer, String whole, BiFunction<Chat, Boolean, String> render) {
    /** The answer with its end-of-turn mark; empty if it is not found for certain. */
    Optional<Span> find() {
        try {
            return search();
        } catch (TemplateProblem refused) {
            // The template needs the answer's tool calls, such as for the results after them.
            return Optional.empty();
        }
    }

    private Optional<Span> search() {
        String mark = String.valueOf(LiteralMarks.mark(chat));
        Chat replaced = replaced(mark);
        String other = render.apply(replaced, false);
        int at = other.indexOf(mark);
        if (at < 0 || at != other.lastIndexOf(mark) || !whole.endsWith(other.substring(at + 1))) {
            return Optional.empty();
        }
        int bodyEnd = whole.length() - (other.length() - at - 1);
        String prompt = generationPrompt();
        int same = shared(whole.substring(0, bodyEnd), other.substring(0, at));
        int begin = whole.lastIndexOf(prompt, Math.max(0, same - prompt.length()));
        int start = begin < 0 ? -1 : prompt.isEmpty() ? withoutSpace(same) : begin + prompt.length();
        if (start < 0 || start > same) {
            return Optional.empty();
        }
        String through = render.apply(replaced.first(answer + 1), false);
        String tail = through.substring(through.indexOf(mark) + 1);
        // Only a text that both have completely ends the turn.
        String rest = whole.substring(bodyEnd);
        int end = bodyEnd
                + (rest.startsWith(tail.stripTrailing()) ? tail.stripTrailing().length() : 0);
        AnswerSpan found = new AnswerSpan(
                whole.substring(0, start),
                whole.substring(0, end),
                whole,
                chat.messages().get(answer));
        return found.complete(whole.substring(start, end)) ? Optional.of(new Span(start, end)) : Optional.empty();
    }

    private Chat replaced(String mark) {
        List<ChatMessage> messages = new ArrayList<>(chat.messages());
        messages.set(answer, new ChatMessage(messages.get(answer).role(), mark));
        return new Chat(messages, chat.tools());
    }

    /** The text that starts an answer. */
    private String generationPrompt() {
        Chat before = chat.first(answer);
        String without = render.apply(before, false);
        String with = render.apply(before, true);
        return with.startsWith(without) ? with.substring(without.length()) : "";
    }

    /** Without a generation prompt, the white space before an answer is the first that the model writes. */
    private int withoutSpace(int at) {
        int start = at;
        while (start > 0 && Character.isWhitespace(whole.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private static int shared(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            if (a.charAt(i) != b.charAt(i)) {
                return i;
            }
        }
        return length;
    }
}
