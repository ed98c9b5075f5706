package dev.septet.llm.template.jinja.value;

/**
 * The resource budget of a rendering. Every evaluated node is a step. Every created character and
 * list item counts, printed or not.
 */
public final class Budget {
    private final TemplateLimits limits;
    private long steps;
    private long characters;
    private int depth;

    public Budget(TemplateLimits limits) {
        this.limits = limits;
    }

    public void step() {
        steps(1);
    }

    public void steps(long count) {
        steps += count;
        if (steps > limits.steps()) {
            throw new TemplateFault(
                    "stopped after " + limits.steps() + " steps: the template loops without an end, or over too much");
        }
    }

    /** Charges this number of characters before they are created. */
    public void characters(long count) {
        characters += count;
        if (characters > limits.characters()) {
            throw new TemplateFault("stopped after " + limits.characters() + " characters: the text is too long");
        }
    }

    void enter() {
        if (++depth > limits.depth()) {
            throw new TemplateFault("nested more than "
                    + limits.depth()
                    + " levels deep: an expression is too long, or a macro calls itself");
        }
    }

    void leave() {
        depth--;
    }
}
