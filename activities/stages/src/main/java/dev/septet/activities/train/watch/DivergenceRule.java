package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import java.util.Locale;
import java.util.Optional;

/**
 * A loss that rose and stays up: the median of the last steps is far above the lowest such median so far. A loss that
 * is no finite number is the extreme case. A learning rate that is too high does that.
 */
final class DivergenceRule implements Rule {
    /** Smallest rise of the median, as a multiple of the lowest median. */
    static final double SHARE = 0.5;

    /** Smallest rise in modified z-scores of the lowest window: twice the bound of Iglewicz and Hoaglin. */
    static final double SCORE = 7;

    private static final double RISE = 0.1;
    private static final int WINDOW = 16;

    private final Recent losses = new Recent(WINDOW);
    private double[] lowest = {};

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
        if (!losses.full()) {
            return Optional.empty();
        }
        double[] now = losses.values();
        double median = RobustStatistics.median(now);
        double least = RobustStatistics.median(lowest);
        if (lowest.length == 0 || median < least) {
            lowest = now;
            return Optional.empty();
        }
        double rise = median - least;
        boolean diverges = rise > Math.max(RISE, SHARE * least)
                && RobustStatistics.score(median, lowest, 0.01 * Math.abs(least)) > SCORE;
        if (!diverges) {
            return Optional.empty();
        }
        lowest = now; // another warning needs another rise
        return Optional.of(String.format(
                Locale.ROOT,
                "the median loss of %d steps rose from %.4g to %.4g; try a lower learning rate",
                WINDOW,
                least,
                median));
    }

    @Override
    public boolean informed() {
        return lowest.length > 0;
    }
}
