package dev.septet.llm.template.jinja.tree;

import dev.septet.llm.template.jinja.value.Frame;

/** Something with a value. */
@FunctionalInterface
public interface TemplateExpression {
    /** Its value in a frame. Evaluate parts by {@link Frame#evaluate}, which counts them. */
    Object in(Frame frame);
}
