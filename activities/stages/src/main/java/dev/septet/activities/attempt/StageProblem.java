package dev.septet.activities.attempt;

import dev.septet.workflows.FailureType;

/**
 * Why a stage cannot go on, said in plain words: what is wrong, where, what was expected, and what
 * to do. {@link Failures} carries it to Temporal.
 */
public final class StageProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureType type;

    public StageProblem(FailureType type, String message) {
        super(message);
        this.type = type;
    }

    public StageProblem(FailureType type, String message, Throwable cause) {
        super(message, cause);
        this.type = type;
    }

    /** The author of the pipeline must act. */
    public static StageProblem invalid(String message) {
        return new StageProblem(FailureType.INVALID_PIPELINE, message);
    }

    /** Which of the closed list it is. */
    public FailureType type() {
        return type;
    }
}
