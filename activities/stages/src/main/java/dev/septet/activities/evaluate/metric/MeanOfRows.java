package dev.septet.activities.evaluate.metric;

/** A metric whose score is the mean of its rows' scores, from 0 to 1. */
public abstract class MeanOfRows implements Metric {
    @Override
    public final boolean lowerIsBetter() {
        return false;
    }

    @Override
    public final boolean readsAnswer() {
        return true;
    }

    @Override
    public final boolean isShare() {
        return true;
    }

    @Override
    public final double[] tally(Outcome outcome) {
        String answer = outcome.answer();
        return new double[] {answer == null ? Double.NaN : row(outcome.reference(), answer), 1};
    }

    @Override
    public final double score(double[] sums) {
        return sums[0] / sums[1];
    }

    /** One row's score, from 0 to 1. */
    protected abstract double row(String reference, String answer);
}
