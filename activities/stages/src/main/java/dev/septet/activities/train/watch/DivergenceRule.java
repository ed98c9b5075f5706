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
    private static final int FIRST = 4;

    private final Recent losses = new Recent(WINDOW);
    private double[] lowest = {};
    private double start = Double.NaN;

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
        if (now.length == FIRST && Double.isNaN(start)) {
            start = median;
        }
        if (!losses.full()) {
            return Optional.empty();
        }
        double least = Math.min(start, lowest.length == 0 ? start : RobustStatistics.median(lowest));
        boolean first = lowest.length == 0;
        boolean rises = median - least > Math.max(RISE, SHARE * least)
                && (first || RobustStatistics.score(median, lowest, 0.01 * Math.abs(least)) > SCORE);
        if (first || median < least || rises) {
            lowest = now; // another warning needs another rise
            start = median;
        }
        return rises
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "the median loss of %d steps is %.4g, but it was %.4g before; try a lower learning rate",
                        WINDOW,
                        median,
                        least))
                : Optional.empty();
    }

    @Override
    public boolean informed() {
        return lowest.length > 0;
    }
}
