package dev.septet.activities.evaluate.metric;

/** Cross-entropy of the reference answers, in nats per token; every token has the same weight. */
public final class Loss implements Metric {
    @Override
    public String name() {
        return "loss";
    }

    @Override
    public boolean lowerIsBetter() {
        return true;
    }

    @Override
    public boolean readsAnswer() {
        return false;
    }

    @Override
    public double[] tally(Outcome outcome) {
        return new double[] {outcome.loss(), outcome.tokens()};
    }

    @Override
    public double score(double[] sums) {
        return sums[0] / sums[1];
    }
}
