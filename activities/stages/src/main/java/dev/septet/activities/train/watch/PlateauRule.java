package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A loss that stands still, although much of the training is left and its learning rate is high. */
final class PlateauRule implements Rule {
    /** Share of the highest learning rate that a window must have at least. */
    static final double RATE = 0.1;

    private static final int LEAST = 100;
    private static final double WINDOW = 0.4;
    private static final double LEFT = 0.2;
    private static final int LOOKS = 20;

    private final int totalSteps;
    private final int window;
    private final LossLevel level;
    private final Recent rates;
    private double highest;
    private boolean informed;

    /**
     * @param totalSteps steps of the whole training
     */
    PlateauRule(int totalSteps) {
        this.totalSteps = totalSteps;
        this.window = (int) Math.max(LEAST, WINDOW * totalSteps);
        this.level = new LossLevel(window);
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
        level.add(loss);
        rates.add(rate);
        boolean due = (signals.step() + 1) % Math.max(1, totalSteps / LOOKS) == 0;
        boolean left = totalSteps - signals.step() - 1 >= LEFT * totalSteps;
        if (!due || !left || !level.full()) {
            return Optional.empty();
        }
        informed = true;
        double lowest = Arrays.stream(rates.values()).min().orElse(0);
        return lowest >= RATE * highest && level.standsStill()
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "the loss has not fallen for %d steps, it is about %.4g; more steps at this rate will not help",
                        window,
                        level.median()))
                : Optional.empty();
    }

    @Override
    public boolean informed() {
        return informed;
    }
}
