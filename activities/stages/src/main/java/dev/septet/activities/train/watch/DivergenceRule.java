package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A loss that rose and stays up: each of the last steps is far above the lowest median of as many steps so far, or above
 * the first losses. A loss that is no finite number is the extreme case. A learning rate that is too high does that.
 */
final class DivergenceRule implements Rule {
    /** Smallest rise, as a multiple of the lowest median. */
    static final double SHARE = 0.5;

    /** Smallest rise that is worth a warning, in nats. */
    static final double RISE = 0.1;

    /** Steps that must all be above; without a rise, half of them would be below by chance. */
    static final int WINDOW = 8;

    private static final int FIRST = 4;

    private final Recent losses = new Recent(WINDOW);
    private double lowest = Double.NaN;

    @Override
    public Kind kind() {
        return Kind.DIVERGENCE;
    }

    @Override
    public Optional<String> step(StepSignals signals) {
        if (signals.skipped()) {
            return Optional.of("the loss is no finite number; the step's rows were skipped");
        }
        Double loss = signals.loss();
        if (loss == null) {
            return Optional.empty();
        }
        losses.add(loss);
        double[] now = losses.values();
        double median = RobustStatistics.median(now);
        if (Double.isNaN(lowest) && now.length == FIRST) {
            lowest = median;
        }
        if (!losses.full()) {
            return Optional.empty();
        }
        double before = lowest;
        boolean rose = Arrays.stream(now).min().orElse(0) - before > Math.max(RISE, SHARE * before);
        lowest = rose ? median : Math.min(before, median); // another warning needs another rise
        return rose
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "the median loss of %d steps is %.4g, but it was %.4g before; try a lower learning rate",
                        WINDOW,
                        median,
                        before))
                : Optional.empty();
    }

    @Override
    public boolean informed() {
        return losses.full();
    }
}
