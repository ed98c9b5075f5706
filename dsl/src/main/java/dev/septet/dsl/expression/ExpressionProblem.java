package dev.septet.dsl.expression;

/** Why an expression has no value for a row. The message never holds the row's own text. */
public final class ExpressionProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean beyondBudget;

    ExpressionProblem(String message, boolean beyondBudget) {
        super(message, null, false, false);
        this.beyondBudget = beyondBudget;
    }

    /** Whether the expression asks for too much, rather than the row for too little. */
    public boolean beyondBudget() {
        return beyondBudget;
    }
}
