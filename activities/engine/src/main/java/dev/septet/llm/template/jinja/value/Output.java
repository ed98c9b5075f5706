package dev.septet.llm.template.jinja.value;

import java.util.ArrayList;
import java.util.List;

/** The output text, counted against the budget. */
public final class Output {
    private final StringBuilder text = new StringBuilder();
    private final List<Span> generated = new ArrayList<>();
    private final Budget budget;
    private final boolean outermost;

    public Output(Budget budget, boolean outermost) {
        this.budget = budget;
        this.outermost = outermost;
    }

    /** An output for text that is captured instead of printed. */
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

    /** Marks the text from this position on as the model's answer. */
    public void markGenerated(int start) {
        if (!outermost) {
            throw new TemplateFault("{% generation %} is not allowed in a macro, a filter or a set block");
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
