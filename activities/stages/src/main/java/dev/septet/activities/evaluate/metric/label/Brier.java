package dev.septet.activities.evaluate.metric.label;

/**
 * Brier score: mean of (confidence - correct)^2, from 0 to 1.
 *
 * @see <a href="https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2">Brier, 1950</a>
 */
public final class Brier extends Confidence {
    @Override
    public String name() {
        return "brier";
    }

    @Override
    double[] tally(double confidence, double correct) {
        return new double[] {(confidence - correct) * (confidence - correct), 1};
    }

    @Override
    public double score(double[] sums) {
        return sums[0] / sums[1];
    }
}
