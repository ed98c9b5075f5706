package dev.septet.llm.template;

import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.tokenizer.AddedToken;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Separates control tokens in message contents from those that a template writes, across the
 * rendering. Each one in a message's content is split by a character that no message contains.
 */
final class LiteralMarks {
    /** Noncharacters, which Unicode reserves for internal use of programs. */
    private static final char FIRST = '\uFDD1';

    private static final char LAST = '\uFDEF';

    private final Pattern control;

    LiteralMarks(Tokenizer tokenizer) {
        List<String> texts = tokenizer.addedTokens().stream()
                .filter(AddedToken::reserved)
                .map(AddedToken::text)
                .sorted(Comparator.comparing(String::length).reversed())
                .map(Pattern::quote)
                .toList();
        // A pattern that never matches if there are no control tokens.
        control = Pattern.compile(texts.isEmpty() ? "(?!)" : String.join("|", texts));
    }

    Pattern control() {
        return control;
    }

    /** A character that no message contains. */
    static char mark(Chat chat) {
        List<String> texts = chat.texts();
        for (char mark = FIRST; mark <= LAST; mark++) {
            char candidate = mark;
            if (texts.stream().noneMatch(text -> text.indexOf(candidate) >= 0)) {
                return mark;
            }
        }
        throw new TemplateProblem(
                "the messages", "contain every Unicode noncharacter from U+FDD1 to U+FDEF; remove one of them");
    }

    /**
     * Marks the control tokens in every text of the conversation, and each content's start and end.
     *
     * @param edge whether to mark a text's start and end too, if the text is not a content
     */
    Chat marked(Chat chat, char mark, Predicate<String> edge) {
        return chat.mapped(
                content -> edged(inner(content, mark), mark),
                text -> edge.test(text) ? edged(inner(text, mark), mark) : inner(text, mark));
    }

    private String inner(String content, char mark) {
        return control.matcher(content).replaceAll(found -> {
            String text = found.group();
            int first = Character.charCount(text.codePointAt(0));
            return Matcher.quoteReplacement(text.substring(0, first) + mark + text.substring(first));
        });
    }

    /**
     * Puts the marks inside the surrounding white space, because templates strip that. With these
     * marks, a message cannot end a token that the template began, or begin one that the template
     * ends.
     */
    private static String edged(String content, char mark) {
        String core = content.strip();
        int start = content.indexOf(core);
        return core.isEmpty()
                ? content
                : content.substring(0, start) + mark + core + mark + content.substring(start + core.length());
    }
}
