package dev.septet.llm.template.jinja.value;

import java.util.ArrayList;
import java.util.List;

/** Text on its way out, counted against the budget. */
public final class Output {
    private final StringBuilder text = new StringBuilder();
    private final List<Span> generated = new ArrayList<>();
    private final Budget budget;
    private final boolean outermost;

    public Output(Budget budget, boolean outermost) {
        this.budget = budget;
        this.outermost = outermost;
    }

    /** A place for text that does not go out as it is. */
    public Output captured() {
        return new Output(budget, false);
    }

    public void append(String piece) {
        budget.characters(piece.length());
        text.append(piece);
    }

    public int length() {
        return text.length();
    }

    /** Notes that the text from here on is what the model answers. */
    public void markGenerated(int start) {
        if (!outermost) {
            throw new TemplateFault("{% generation %} cannot stand in a macro, a filter or a set block");
        }
        generated.add(new Span(start, text.length()));
    }

    public List<Span> generated() {
        return generated;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
