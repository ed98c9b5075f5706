package dev.septet.llm.template.jinja.tree;

import dev.septet.llm.template.jinja.value.Frame;

/** An expression, which has a value. */
@FunctionalInterface
public interface TemplateExpression {
    /**
     * Evaluates the expression in a frame. Evaluate subexpressions with {@link Frame#evaluate},
     * which counts them.
     */
    Object in(Frame frame);
}
