package dev.septet.llm.template.jinja.builtin;

import dev.septet.llm.template.jinja.value.Arguments;
import dev.septet.llm.template.jinja.value.Frame;

/** What stands after a bar. */
@FunctionalInterface
public interface TemplateFilter {
    Object apply(Object value, Arguments arguments, Frame frame);
}
