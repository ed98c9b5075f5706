package dev.septet.activities.evaluate.metric;

/** exp({@link Loss}): the number of equally likely tokens with the same loss. */
public final class Perplexity implements Metric {
    private final Loss loss = new Loss();

    @Override
    public String name() {
        return "perplexity";
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
        return loss.tally(outcome);
    }

    @Override
    public double score(double[] sums) {
        return Math.exp(loss.score(sums));
    }
}
