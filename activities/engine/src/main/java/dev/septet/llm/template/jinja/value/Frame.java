package dev.septet.llm.template.jinja.value;

import dev.septet.llm.template.jinja.tree.TemplateExpression;

/**
 * The context of an evaluation: its scope and the rendering's budget.
 *
 * @param strict whether names and items that do not exist are faults when they are used
 */
public record Frame(Scope scope, Budget budget, boolean strict) {
    static final int CHARACTERS_A_STEP = 64;

    /** A frame with an inner scope. */
    public Frame inner() {
        return new Frame(new Scope(scope), budget, strict);
    }

    public Object evaluate(TemplateExpression expression) {
        budget.step();
        budget.enter();
        Object value = expression.in(this);
        // A fault ends the whole rendering, so the depth need not be restored then.
        budget.leave();
        return value;
    }

    /** A value that may be undefined, as strict as this frame. */
    public Object found(Object value) {
        return strict && value instanceof Undefined undefined ? new Undefined(undefined.what(), true) : value;
    }

    /** Charges the work of traversing a long text. */
    public void work(Object value) {
        if (value instanceof String text) {
            budget.steps(text.length() / CHARACTERS_A_STEP);
        }
    }

    /** Charges the work of searching a text: in the worst case, the part's length at each position. */
    void search(String text, String part) {
        long places = Math.max(0, text.length() - part.length());
        budget.steps(places / CHARACTERS_A_STEP * (1 + part.length() / CHARACTERS_A_STEP));
    }

    public boolean test(TemplateExpression expression) {
        return PythonValues.truthy(evaluate(expression));
    }
}
