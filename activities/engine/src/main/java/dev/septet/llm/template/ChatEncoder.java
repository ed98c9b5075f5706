package dev.septet.llm.template;

import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.template.jinja.value.Span;
import dev.septet.llm.tokenizer.TokenSpans;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.stream.IntStream;

/**
 * Encodes conversations to token ids: the model's chat template renders them, and its tokenizer
 * encodes the text. Control tokens in message contents are encoded as ordinary characters.
 * Thread-safe.
 */
public final class ChatEncoder {
    private final ChatTemplate template;
    private final Tokenizer tokenizer;
    private final LiteralMarks marks;
    private final ControlTokens controls;

    public ChatEncoder(ChatTemplate template, Tokenizer tokenizer) {
        this.template = template;
        this.tokenizer = tokenizer;
        this.marks = new LiteralMarks(tokenizer);
        this.controls = new ControlTokens(tokenizer);
    }

    /**
     * Token ids of a conversation with a generation prompt for the assistant's next answer,
     * [tokens].
     *
     * @throws dev.septet.llm.template.jinja.TemplateProblem when the template fails, or turns
     *     message content into a control token
     */
    public int[] prompt(List<ChatMessage> messages) {
        return prompt(Chat.of(messages));
    }

    /**
     * Token ids of a conversation with tools and a generation prompt, [tokens].
     *
     * @throws dev.septet.llm.template.jinja.TemplateProblem as {@link #prompt(List)}
     */
    public int[] prompt(Chat chat) {
        String text = template.render(chat, true);
        int[] ids = tokenizer.encodeTemplate(text);
        if (!controls.possible(chat)) {
            return ids;
        }
        int[] expected = expected(chat, true);
        if (Arrays.equals(controls.of(ids), expected)) {
            return ids;
        }
        char mark = LiteralMarks.mark(chat);
        Rendered marked = marked(chat, mark, text, other -> new Rendered(template.render(other, true), List.of()));
        int[] literal = spans(marked.text(), mark).ids();
        requireOwn(literal, expected);
        return literal;
    }

    /**
     * Renders a conversation with marks. In data that is no content, marks at the ends of a text may
     * change what the template writes. Then only the control tokens inside the text are marked.
     */
    private Rendered marked(Chat chat, char mark, String plain, Function<Chat, Rendered> render) {
        Rendered first = render.apply(marks.marked(chat, mark, controls::possible));
        if (!chat.structured() || unmarked(first.text(), mark).equals(plain)) {
            return first;
        }
        Rendered second = render.apply(marks.marked(chat, mark, text -> false));
        Rendered better = unmarked(second.text(), mark).equals(plain) ? second : first;
        // A template that writes JSON in ASCII only would write the mark as an escape.
        if (better.text().toLowerCase(Locale.ROOT).contains(String.format(Locale.ROOT, "\\u%04x", (int) mark))) {
            throw new TemplateProblem(
                    "the chat template",
                    "writes JSON with escapes, so a control token in a tool or a tool call cannot stay literal;"
                            + " write the text in other words");
        }
        return better;
    }

    private static String unmarked(String text, char mark) {
        return text.replace(String.valueOf(mark), "");
    }

    /**
     * Token ids of a whole conversation; the assistant's content and its end-of-turn marks carry
     * loss.
     *
     * @throws dev.septet.llm.template.jinja.TemplateProblem when the template fails, when the
     *     answers cannot be found in its text, or when it turns message content into a control
     *     token
     */
    public TokenSequence example(List<ChatMessage> messages) {
        return example(Chat.of(messages), answer -> true);
    }

    /**
     * Token ids of a whole conversation with tools. Tool calls and reasoning of the assistant carry
     * loss as its contents do; results of tools do not.
     *
     * @param learned whether an assistant's message carries loss, by its index in the conversation
     * @throws dev.septet.llm.template.jinja.TemplateProblem as {@link #example(List)}
     */
    public TokenSequence example(Chat chat, IntPredicate learned) {
        Rendered rendered = template.renderMarked(chat, learned);
        TokenSpans tokens = tokenizer.encodeTemplateSpans(rendered.text());
        if (!controls.possible(chat)) {
            return masked(tokens, rendered);
        }
        int[] expected = expected(chat, false);
        if (Arrays.equals(controls.of(tokens.ids()), expected)) {
            return masked(tokens, rendered);
        }
        char mark = LiteralMarks.mark(chat);
        Rendered marked = marked(chat, mark, rendered.text(), other -> template.renderMarked(other, learned));
        TokenSpans literal = spans(marked.text(), mark);
        requireOwn(literal.ids(), expected);
        return masked(literal, marked);
    }

    /**
     * As {@link #example}, but rejects a message whose content contains a control token instead of
     * encoding it as characters.
     *
     * @throws ForgedTokenProblem when message content would become a control token
     */
    public TokenSequence exactExample(List<ChatMessage> messages) {
        return exactExample(Chat.of(messages), answer -> true);
    }

    /**
     * As {@link #example(Chat, IntPredicate)}, but rejects a conversation whose data contains a
     * control token.
     *
     * @throws ForgedTokenProblem when a text of the conversation would become a control token
     */
    public TokenSequence exactExample(Chat chat, IntPredicate learned) {
        if (controls.possible(chat)) {
            int[] found = controls.of(tokenizer.encodeTemplate(template.render(chat, false)));
            int[] expected = expected(chat, false);
            if (!Arrays.equals(found, expected)) {
                throw new ForgedTokenProblem(controls.extra(found, expected));
            }
        }
        return example(chat, learned);
    }

    /** The control tokens of the conversation after all message contents are made harmless. */
    private int[] expected(Chat chat, boolean answerNext) {
        String text = template.render(controls.neutralize(chat), answerNext);
        return controls.of(tokenizer.encodeTemplate(text));
    }

    private void requireOwn(int[] ids, int[] expected) {
        int[] found = controls.of(ids);
        if (!Arrays.equals(found, expected)) {
            throw new TemplateProblem(
                    "the chat template",
                    "turns the text of a message into the control token %s; write the message in other words"
                            .formatted(controls.extra(found, expected)));
        }
    }

    private static TokenSequence masked(TokenSpans tokens, Rendered rendered) {
        boolean[] loss = new boolean[tokens.ids().length];
        for (int i = 0; i < loss.length; i++) {
            int start = tokens.starts()[i];
            int end = tokens.ends()[i];
            for (Span span : rendered.assistantSpans()) {
                // A token that crosses the boundary contains text of the prompt and carries no
                // loss.
                loss[i] |= start >= span.start() && start < span.end() && end <= span.end();
            }
        }
        return new TokenSequence(tokens.ids(), loss);
    }

    /** Encodes control tokens as such, and the text between them literally if it contains a mark. */
    private TokenSpans spans(String text, char mark) {
        SpanList all = new SpanList();
        Matcher control = marks.control().matcher(text);
        int at = 0;
        while (control.find()) {
            between(text.substring(at, control.start()), at, mark, all);
            all.add(tokenizer.encodeTemplateSpans(control.group()), i -> i, control.start());
            at = control.end();
        }
        between(text.substring(at), at, mark, all);
        return all.toSpans();
    }

    private void between(String part, int offset, char mark, SpanList all) {
        if (part.indexOf(mark) < 0) {
            all.add(tokenizer.encodeTemplateSpans(part), i -> i, offset);
            return;
        }
        String content = part.replace(String.valueOf(mark), "");
        int[] kept = IntStream.concat(
                        IntStream.range(0, part.length()).filter(i -> part.charAt(i) != mark),
                        IntStream.of(part.length()))
                .toArray();
        all.add(tokenizer.encodeContentSpans(content), i -> kept[i], offset);
    }
}
