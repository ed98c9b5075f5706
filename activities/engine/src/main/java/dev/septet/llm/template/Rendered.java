package dev.septet.llm.template;

import dev.septet.llm.template.jinja.value.Span;
import java.util.List;

/**
 * A rendered conversation.
 *
 * @param text the whole text
 * @param assistantSpans the assistant's answers with their end-of-turn marks, in order: the parts
 *     that carry loss
 */
public record Rendered(String text, List<Span> assistantSpans) {
    public Rendered {
        assistantSpans = List.copyOf(assistantSpans);
    }
}
