package dev.septet.activities.evaluate.metric;

/**
 * Fraction of answers that are identical to the reference, without leading and trailing white
 * space.
 */
public final class ExactMatch extends MeanOfRows {
    @Override
    public String name() {
        return "exactMatch";
    }

    @Override
    protected double row(String reference, String answer) {
        return reference.strip().equals(answer.strip()) ? 1 : 0;
    }
}
