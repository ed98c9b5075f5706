package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A step whose loss is far above the trend of the losses before it. Batches of damaged rows do that. The gradient norm
 * is no condition: the gradients of random rows may cancel each other.
 */
final class SpikeRule implements Rule {
    /**
     * Modified z-score of the loss. Iglewicz and Hoaglin use 3.5 for one look at normal values. Losses of small batches
     * are skewed, and every step is a look, so the bound is three times as large.
     */
    static final double LOSS = 10;

    /** Smallest rise that is worth a warning, in nats. */
    static final double RISE = 0.1;

    private static final int WINDOW = 32;
    private static final int LEAST = 16;

    private final Recent losses = new Recent(WINDOW);
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
        return warning;
    }

    private Optional<String> judge(double loss, StepSignals signals) {
        double[] before = losses.values();
        int n = before.length;
        double[] steps = IntStream.range(0, n).asDoubleStream().toArray();
        double slope = RobustStatistics.slope(steps, before);
        double[] level = IntStream.range(0, n)
                .mapToDouble(i -> before[i] + slope * (n - i)) // what the step would have had at this step's time
                .toArray();
        double expected = RobustStatistics.median(level);
        double usual = RobustStatistics.median(tokens.values());
        // a mean over fewer tokens, as in an epoch's last step, varies more
        double size = signals.tokens() > 0 && signals.tokens() < usual ? (double) signals.tokens() / usual : 1;
        double score = Math.sqrt(size) * RobustStatistics.score(loss, level, 0.01 * Math.abs(expected));
        return score > LOSS && loss - expected > RISE
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "the loss is %.4g, but the trend of the %d steps before leads to %.4g (%.0f robust deviations);"
                                + " look for damaged rows in this step's batch",
                        loss,
                        n,
                        expected,
                        score))
                : Optional.empty();
    }

    @Override
    public boolean informed() {
        return informed;
    }
}
