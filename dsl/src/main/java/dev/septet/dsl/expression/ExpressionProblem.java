package dev.septet.dsl.expression;

/** Thrown when an expression has no value for a row. The message never contains the row's text. */
public final class ExpressionProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean beyondBudget;

    ExpressionProblem(String message, boolean beyondBudget) {
        super(message, null, false, false);
        this.beyondBudget = beyondBudget;
    }

    /** Whether the expression exceeded its work limit; otherwise the row's values do not fit. */
    public boolean beyondBudget() {
        return beyondBudget;
    }
}
