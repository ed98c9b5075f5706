package dev.septet.llm.template;

import dev.septet.llm.template.jinja.Span;
import dev.septet.llm.tokenizer.TokenSpans;
import dev.septet.llm.tokenizer.Tokenizer;

import java.util.List;
import java.util.regex.Matcher;
import java.util.stream.IntStream;

/**
 * Conversations as token ids: rendered by the model's template, read by its tokenizer. Control
 * tokens in what people wrote are read as the characters they are. Safe for use by several threads.
 */
public final class ChatEncoder {
    private final ChatTemplate template;
    private final Tokenizer tokenizer;
    private final LiteralMarks marks;

    public ChatEncoder(ChatTemplate template, Tokenizer tokenizer) {
        this.template = template;
        this.tokenizer = tokenizer;
        this.marks = new LiteralMarks(tokenizer);
    }

    /** Token ids of a conversation to which the assistant is to answer next, [tokens]. */
    public int[] prompt(List<ChatMessage> messages) {
        if (!marks.needed(messages)) {
            return tokenizer.encodeTemplate(template.render(messages, true));
        }
        char mark = LiteralMarks.mark(messages);
        return spans(template.render(marks.marked(messages, mark), true), mark).ids();
    }

    /**
     * Token ids of a whole conversation; the assistant's words and the mark that ends its turn
     * carry loss.
     *
     * @throws dev.septet.llm.template.jinja.TemplateProblem when the template fails, or the answers
     *     cannot be found in what it writes
     */
    public TokenSequence example(List<ChatMessage> messages) {
        if (!marks.needed(messages)) {
            Rendered rendered = template.renderMarked(messages);
            return masked(tokenizer.encodeTemplateSpans(rendered.text()), rendered);
        }
        char mark = LiteralMarks.mark(messages);
        Rendered rendered = template.renderMarked(marks.marked(messages, mark));
        return masked(spans(rendered.text(), mark), rendered);
    }

    private static TokenSequence masked(TokenSpans tokens, Rendered rendered) {
        boolean[] loss = new boolean[tokens.ids().length];
        for (int i = 0; i < loss.length; i++) {
            int start = tokens.starts()[i];
            int end = tokens.ends()[i];
            for (Span span : rendered.assistantSpans()) {
                // A token across the border holds words of the prompt: it is no answer.
                loss[i] |= start >= span.start() && start < span.end() && end <= span.end();
            }
        }
        return new TokenSequence(tokens.ids(), loss);
    }

    /** Control tokens as such; what lies between them literally, if a mark stands there. */
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
        int[] kept =
                IntStream.concat(
                                IntStream.range(0, part.length())
                                        .filter(i -> part.charAt(i) != mark),
                                IntStream.of(part.length()))
                        .toArray();
        all.add(tokenizer.encodeContentSpans(content), i -> kept[i], offset);
    }
}
