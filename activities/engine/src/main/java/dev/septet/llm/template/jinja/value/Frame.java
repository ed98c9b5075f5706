package dev.septet.llm.template.jinja.value;

import dev.septet.llm.template.jinja.tree.TemplateExpression;

/** Where an expression or statement is evaluated: its names, and what the rendering may spend. */
public record Frame(Scope scope, Budget budget) {
    static final int CHARACTERS_A_STEP = 64;

    /** A frame whose names vanish with it. */
    public Frame inner() {
        return new Frame(new Scope(scope), budget);
    }

    public Object evaluate(TemplateExpression expression) {
        budget.step();
        budget.enter();
        Object value = expression.in(this);
        // Faults end the whole rendering, so there is nothing to undo for them.
        budget.leave();
        return value;
    }

    /** Counts the work of going through a long text. */
    public void work(Object value) {
        if (value instanceof String text) {
            budget.steps(text.length() / CHARACTERS_A_STEP);
        }
    }

    /** Counts the work of looking for a part of a text, at worst its length for each place. */
    void search(String text, String part) {
        long places = Math.max(0, text.length() - part.length());
        budget.steps(places / CHARACTERS_A_STEP * (1 + part.length() / CHARACTERS_A_STEP));
    }

    public boolean test(TemplateExpression expression) {
        return PythonValues.truthy(evaluate(expression));
    }
}
