package dev.septet.llm.train;

/** A step's loss or gradient is NaN or infinite. The parameters are unchanged by the step. */
public final class NonFiniteLoss extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int step;

    NonFiniteLoss(int step, double loss, double gradientNorm) {
        super("step "
                + step
                + " has loss "
                + loss
                + " and gradient norm "
                + gradientNorm
                + "; lower the learning rate, or check the rows of this step");
        this.step = step;
    }

    /** The step, counted from 0. */
    public int step() {
        return step;
    }
}
