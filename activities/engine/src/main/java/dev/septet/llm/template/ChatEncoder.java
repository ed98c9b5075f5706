package dev.septet.llm.template;

import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.template.jinja.value.Span;
import dev.septet.llm.tokenizer.TokenSpans;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
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
        int[] ids = tokenizer.encodeTemplate(template.render(messages, true));
        if (!controls.possible(messages)) {
            return ids;
        }
        int[] expected = expected(messages, true);
        if (Arrays.equals(controls.of(ids), expected)) {
            return ids;
        }
        char mark = LiteralMarks.mark(messages);
        int[] literal =
                spans(template.render(marks.marked(messages, mark), true), mark).ids();
        requireOwn(literal, expected);
        return literal;
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
        Rendered rendered = template.renderMarked(messages);
        TokenSpans tokens = tokenizer.encodeTemplateSpans(rendered.text());
        if (!controls.possible(messages)) {
            return masked(tokens, rendered);
        }
        int[] expected = expected(messages, false);
        if (Arrays.equals(controls.of(tokens.ids()), expected)) {
            return masked(tokens, rendered);
        }
        char mark = LiteralMarks.mark(messages);
        Rendered marked = template.renderMarked(marks.marked(messages, mark));
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
        if (controls.possible(messages)) {
            int[] found = controls.of(tokenizer.encodeTemplate(template.render(messages, false)));
            int[] expected = expected(messages, false);
            if (!Arrays.equals(found, expected)) {
                throw new ForgedTokenProblem(controls.extra(found, expected));
            }
        }
        return example(messages);
    }

    /** The control tokens of the conversation after all message contents are made harmless. */
    private int[] expected(List<ChatMessage> messages, boolean answerNext) {
        String text = template.render(controls.neutralize(messages), answerNext);
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
