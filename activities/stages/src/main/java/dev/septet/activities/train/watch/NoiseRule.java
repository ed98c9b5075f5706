package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Gradients that are nearly all noise, while the loss does not fall. The mean agreement a of the gradients with the
 * earlier ones estimates the share of the signal, 1 / (1 + N / B), with N the noise scale and B the rows of a step.
 * McCandlish and others: a step makes this share of the progress of a step without noise. The share is small at the end
 * of every training that went well, so the loss must also stand still, above its level at the end of such a training.
 *
 * @see <a href="https://arxiv.org/abs/1812.06162">McCandlish et al., 2018</a>
 */
final class NoiseRule implements Rule {
    /** A noise scale of this many batches gives a warning, if it is certain by two standard errors. */
    static final double BATCHES = 100;

    private static final int LEAST = 64;
    private static final double WINDOW = 0.25;

    private final int rowsPerStep;
    private final Recent agreements;
    private final LossLevel level;

    /**
     * @param totalSteps steps of the whole training
     * @param rowsPerStep 0 = not known
     */
    NoiseRule(int totalSteps, int rowsPerStep) {
        int window = (int) Math.max(LEAST, WINDOW * totalSteps);
        this.rowsPerStep = rowsPerStep;
        this.agreements = new Recent(window);
        this.level = new LossLevel(window);
    }

    @Override
    public Kind kind() {
        return Kind.NOISE;
    }

    @Override
    public Optional<String> step(StepSignals signals) {
        Double rate = signals.learningRate();
        if (signals.loss() == null || signals.agreement() == null || rate == null || rate == 0) {
            return Optional.empty();
        }
        agreements.add(signals.agreement());
        level.add(signals.loss());
        boolean due = agreements.full() && (signals.step() + 1) % LossLevel.BLOCKS == 0;
        if (!due || !level.standsStill()) {
            return Optional.empty();
        }
        double[] values = agreements.values();
        double mean = Arrays.stream(values).average().orElse(0);
        double variance =
                Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
        double most = mean + 2 * Math.sqrt(variance / values.length);
        if (most >= 1 / (1 + BATCHES)) {
            return Optional.empty();
        }
        String scale = rowsPerStep == 0
                ? String.format(Locale.ROOT, "%.0f batches", BATCHES)
                : String.format(Locale.ROOT, "%,.0f rows, with %d rows per step", BATCHES * rowsPerStep, rowsPerStep);
        return Optional.of(String.format(
                Locale.ROOT,
                "the loss stands still, and successive gradients agree by %.2g only, so the noise scale is above %s;"
                        + " use a larger batch or a lower learning rate",
                mean,
                scale));
    }

    @Override
    public boolean informed() {
        return agreements.full();
    }
}
