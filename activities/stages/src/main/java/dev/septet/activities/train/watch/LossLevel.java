package dev.septet.activities.train.watch;

import java.util.stream.IntStream;

/**
 * Whether the last losses stand still. The test for a fall is Mann and Kendall's, its size is Theil and Sen's slope,
 * both on the means of {@link #BLOCKS} blocks.
 */
final class LossLevel {
    static final int BLOCKS = 20;

    /** A fall over the window of less than this share of the loss is none. */
    static final double FALL = 0.02;

    /** The trend's standard score: a fall with a probability above 5 % by chance is none. */
    static final double TREND = -1.645;

    /** A loss below this share of the first losses has little more to learn. */
    static final double LEARNED = 0.1;

    private static final int FIRST = 16;

    private final Recent losses;
    private final Recent first = new Recent(FIRST);

    LossLevel(int window) {
        this.losses = new Recent(window);
    }

    void add(double loss) {
        losses.add(loss);
        if (!first.full()) {
            first.add(loss);
        }
    }

    boolean full() {
        return losses.full();
    }

    /** The median of the window. */
    double median() {
        return RobustStatistics.median(losses.values());
    }

    /** Whether a full window shows no fall, far above a loss that has nothing more to learn. */
    boolean standsStill() {
        if (!losses.full()) {
            return false;
        }
        double[] means = RobustStatistics.blocks(losses.values(), BLOCKS);
        double fall = -BLOCKS
                * RobustStatistics.slope(
                        IntStream.range(0, BLOCKS).asDoubleStream().toArray(), means);
        double level = RobustStatistics.median(means);
        return RobustStatistics.trend(means) > TREND
                && fall < FALL * level
                && level > LEARNED * RobustStatistics.median(first.values());
    }
}
