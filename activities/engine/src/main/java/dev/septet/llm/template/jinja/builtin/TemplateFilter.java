package dev.septet.llm.template.jinja.builtin;

import dev.septet.llm.template.jinja.value.Arguments;
import dev.septet.llm.template.jinja.value.Frame;

/** A filter, applied with {@code |}. */
@FunctionalInterface
public interface TemplateFilter {
    Object apply(Object value, Arguments arguments, Frame frame);
}
