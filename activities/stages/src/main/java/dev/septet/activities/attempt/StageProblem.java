package dev.septet.activities.attempt;

import dev.septet.workflows.FailureType;

/**
 * The reason why a stage cannot continue, in plain words: what is wrong, where, what was expected,
 * and what to do. {@link Failures} converts it for Temporal.
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

    /** A problem that the author of the pipeline must solve. */
    public static StageProblem invalid(String message) {
        return new StageProblem(FailureType.INVALID_PIPELINE, message);
    }

    /** The type in the closed list of failures. */
    public FailureType type() {
        return type;
    }
}
