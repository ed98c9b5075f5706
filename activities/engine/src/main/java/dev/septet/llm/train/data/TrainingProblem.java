package dev.septet.llm.train.data;

/** Data, plan and checkpoint do not match; a retry does not help. */
public final class TrainingProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TrainingProblem(String message) {
        super(message);
    }
}
