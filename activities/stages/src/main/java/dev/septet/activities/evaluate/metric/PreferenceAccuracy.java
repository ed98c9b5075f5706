package dev.septet.activities.evaluate.metric;

/**
 * Fraction of pairs in which the chosen answer is more likely than the rejected one, by the
 * log-probabilities of the whole answers. It needs no reference model, so that the base model is
 * measured in the same way.
 *
 * @see <a href="https://arxiv.org/abs/2405.19534">Chen et al., 2024, on ranking accuracy</a>
 */
public final class PreferenceAccuracy implements Metric {
    @Override
    public String name() {
        return "preferenceAccuracy";
    }

    @Override
    public boolean lowerIsBetter() {
        return false;
    }

    @Override
    public boolean readsAnswer() {
        return false;
    }

    @Override
    public boolean isShare() {
        return true;
    }

    @Override
    public boolean readsPairs() {
        return true;
    }

    @Override
    public double[] tally(Outcome outcome) {
        Double rejected = outcome.rejectedLoss();
        return new double[] {
            rejected == null || Double.isNaN(rejected + outcome.loss())
                    ? Double.NaN
                    : outcome.loss() < rejected ? 1 : 0,
            1
        };
    }

    @Override
    public double score(double[] sums) {
        return sums[0] / sums[1];
    }
}
