package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import java.util.Locale;
import java.util.Optional;

/**
 * A step whose loss is an outlier among the losses before it, upwards, and whose gradient norm is one too. Batches of
 * damaged rows do that.
 */
final class SpikeRule implements Rule {
    /**
     * Modified z-score of the loss. Iglewicz and Hoaglin use 3.5 for one look at normal values. Losses of small batches
     * are skewed, and every step is a look, so the bound is three times as large.
     */
    static final double LOSS = 10;

    /** Modified z-score of the gradient norm, where it is known. */
    static final double NORM = 3.5;

    /** Smallest rise that is worth a warning, in nats. */
    static final double RISE = 0.1;

    private static final int WINDOW = 32;
    private static final int LEAST = 16;

    private final Recent losses = new Recent(WINDOW);
    private final Recent norms = new Recent(WINDOW);
    private final Recent tokens = new Recent(WINDOW);
    private boolean informed;

    @Override
    public Kind kind() {
        return Kind.SPIKE;
    }

    @Override
    public Optional<String> step(StepSignals signals) {
        Double loss = signals.loss();
        if (loss == null) {
            return Optional.empty();
        }
        Optional<String> warning = losses.size() < LEAST ? Optional.empty() : judge(loss, signals);
        informed |= losses.size() >= LEAST;
        losses.add(loss);
        tokens.add((double) signals.tokens());
        if (signals.gradientNorm() != null) {
            norms.add(signals.gradientNorm());
        }
        return warning;
    }

    private Optional<String> judge(double loss, StepSignals signals) {
        double[] before = losses.values();
        double median = RobustStatistics.median(before);
        double usual = RobustStatistics.median(tokens.values());
        // a mean over fewer tokens, as in an epoch's last step, varies more
        double size = signals.tokens() > 0 && signals.tokens() < usual ? (double) signals.tokens() / usual : 1;
        double score = Math.sqrt(size) * RobustStatistics.score(loss, before, 0.01 * Math.abs(median));
        Double norm = signals.gradientNorm();
        boolean steep = norm == null
                || norms.size() < LEAST
                || RobustStatistics.score(norm, norms.values(), 0.01 * RobustStatistics.median(norms.values())) > NORM;
        return score > LOSS && loss - median > RISE && steep
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "the loss is %.4g, but the median of the %d steps before is %.4g (%.0f robust deviations);"
                                + " look for damaged rows in this step's batch",
                        loss,
                        before.length,
                        median,
                        score))
                : Optional.empty();
    }

    @Override
    public boolean informed() {
        return informed;
    }
}
