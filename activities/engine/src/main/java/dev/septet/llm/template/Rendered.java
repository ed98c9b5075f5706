package dev.septet.llm.template;

import dev.septet.llm.template.jinja.value.Span;
import java.util.List;

/**
 * A rendered conversation.
 *
 * @param text the whole text
 * @param assistantSpans what the assistant says, each with the mark that ends its turn, in order:
 *     the parts that carry loss
 */
public record Rendered(String text, List<Span> assistantSpans) {
    public Rendered {
        assistantSpans = List.copyOf(assistantSpans);
    }
}
