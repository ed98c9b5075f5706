package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A loss that depends on the order of the rows. In shuffled data, what remains of the losses after their fall is
 * removed is noise: it depends neither on the step before, nor on the same position of the epoch before. Rows that are
 * sorted by source give the first dependence, and an order that is the same in every epoch the second one.
 *
 * <p>Both tests use the standard error 1 / sqrt(n) of a correlation of independent values (Anderson, 1942).
 */
final class DataOrderRule implements Rule {
    /** Smallest serial correlation. */
    static final double SERIAL = 0.4;

    /** Smallest correlation between epochs. */
    static final double BETWEEN_EPOCHS = 0.5;

    /** Smallest correlation in standard errors. */
    static final double ERRORS = 5;

    private static final int LEAST = 40;
    private static final int LEAST_EPOCH = 8;
    private static final int LOOKS = 10;

    private final int totalSteps;
    private final List<Double> losses = new ArrayList<>();
    private final List<Integer> epochs = new ArrayList<>();

    /**
     * @param totalSteps steps of the whole training
     */
    DataOrderRule(int totalSteps) {
        this.totalSteps = totalSteps;
    }

    @Override
    public Kind kind() {
        return Kind.DATA_ORDER;
    }

    @Override
    public Optional<String> step(StepSignals signals) {
        if (signals.loss() == null) {
            return Optional.empty();
        }
        losses.add(signals.loss());
        epochs.add(signals.epoch());
        boolean due = (signals.step() + 1) % Math.max(1, totalSteps / LOOKS) == 0;
        if (!due || losses.size() < LEAST) {
            return Optional.empty();
        }
        double[] noise = RobustStatistics.withoutFall(
                losses.stream().mapToDouble(value -> value).toArray());
        Optional<String> serial = serial(noise);
        return serial.isPresent() ? serial : betweenEpochs(noise);
    }

    private static Optional<String> serial(double[] noise) {
        int n = noise.length;
        double r = RobustStatistics.correlation(Arrays.copyOfRange(noise, 0, n - 1), Arrays.copyOfRange(noise, 1, n));
        return r > SERIAL && r * Math.sqrt(n) > ERRORS
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "the losses of neighbouring steps are correlated (%.2f over %d steps), so the rows are not well"
                                + " mixed; shuffle them",
                        r,
                        n))
                : Optional.empty();
    }

    private Optional<String> betweenEpochs(double[] noise) {
        List<double[]> byEpoch = byEpoch(noise);
        double weighted = 0;
        int n = 0;
        for (int i = 1; i < byEpoch.size(); i++) {
            double[] before = byEpoch.get(i - 1);
            double[] now = byEpoch.get(i);
            if (before.length == now.length && now.length >= LEAST_EPOCH) {
                weighted += now.length * RobustStatistics.correlation(before, now);
                n += now.length;
            }
        }
        double r = n == 0 ? 0 : weighted / n;
        return r > BETWEEN_EPOCHS && r * Math.sqrt(n) > ERRORS
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "the losses at the same positions of successive epochs are correlated (%.2f over %d steps), so"
                                + " the order is the same in every epoch; shuffle the rows in each epoch",
                        r,
                        n))
                : Optional.empty();
    }

    private List<double[]> byEpoch(double[] noise) {
        List<double[]> parts = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= noise.length; i++) {
            if (i == noise.length || !epochs.get(i).equals(epochs.get(from))) {
                parts.add(Arrays.copyOfRange(noise, from, i));
                from = i;
            }
        }
        return parts;
    }

    @Override
    public boolean informed() {
        return losses.size() >= LEAST;
    }
}
