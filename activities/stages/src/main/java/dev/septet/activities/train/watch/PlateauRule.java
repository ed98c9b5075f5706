package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A loss that does not fall any more, although much of the training is left and its learning rate is high. The test for
 * a trend is Mann and Kendall's, the size of the trend is Theil and Sen's slope.
 */
final class PlateauRule implements Rule {
    /** A fall over the window of less than this share of the loss is none. */
    static final double FALL = 0.02;

    /** The trend's standard score: a fall with a probability above 5 % by chance is none. */
    static final double TREND = -1.645;

    /** Share of the highest learning rate that a window must have at least. */
    static final double RATE = 0.1;

    /** A loss below this share of the first losses has nothing more to learn. */
    static final double LEARNED = 0.1;

    private static final int LEAST = 100;
    private static final double WINDOW = 0.4;
    private static final double LEFT = 0.2;
    private static final int BLOCKS = 20;
    private static final int FIRST = 16;

    private final int totalSteps;
    private final int window;
    private final Recent losses;
    private final Recent rates;
    private final Recent first = new Recent(FIRST);
    private double highest;
    private boolean informed;

    /**
     * @param totalSteps steps of the whole training
     */
    PlateauRule(int totalSteps) {
        this.totalSteps = totalSteps;
        this.window = (int) Math.max(LEAST, WINDOW * totalSteps);
        this.losses = new Recent(window);
        this.rates = new Recent(window);
    }

    @Override
    public Kind kind() {
        return Kind.PLATEAU;
    }

    @Override
    public Optional<String> step(StepSignals signals) {
        Double loss = signals.loss();
        if (loss == null) {
            return Optional.empty();
        }
        double rate = signals.learningRate() == null ? 1 : signals.learningRate();
        highest = Math.max(highest, rate);
        losses.add(loss);
        rates.add(rate);
        if (!first.full()) {
            first.add(loss);
        }
        boolean due = (signals.step() + 1) % Math.max(1, totalSteps / BLOCKS) == 0;
        boolean left = totalSteps - signals.step() - 1 >= LEFT * totalSteps;
        if (!due || !left || !losses.full()) {
            return Optional.empty();
        }
        informed = true;
        double lowest = Arrays.stream(rates.values()).min().orElse(0);
        return lowest < RATE * highest ? Optional.empty() : judge(losses.values());
    }

    private Optional<String> judge(double[] values) {
        double[] means = RobustStatistics.blocks(values, BLOCKS);
        double level = RobustStatistics.median(means);
        double fall = -BLOCKS
                * RobustStatistics.slope(
                        IntStream.range(0, BLOCKS).asDoubleStream().toArray(), means);
        boolean flat = RobustStatistics.trend(means) > TREND
                && fall < FALL * level
                && level > LEARNED * RobustStatistics.median(first.values());
        return flat
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "the loss has not fallen for %d steps, it is about %.4g; more steps at this rate will not help",
                        window,
                        level))
                : Optional.empty();
    }

    @Override
    public boolean informed() {
        return informed;
    }
}
