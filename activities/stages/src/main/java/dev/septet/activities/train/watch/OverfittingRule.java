package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A validation loss that rises while the training loss falls. The bound is the generalization loss GL, the rise of the
 * validation loss above its lowest value, together with two rises in a row (UP), both of Prechelt.
 *
 * @see <a href="https://doi.org/10.1007/3-540-49430-8_3">Prechelt, 1998: Early Stopping - But When?</a>
 */
final class OverfittingRule implements Rule {
    /** Smallest rise above the lowest validation loss: Prechelt's GL with alpha 5, in percent. */
    static final double GENERALIZATION_LOSS = 5;

    /** Smallest rise that is worth a warning, in nats. */
    static final double RISE = 0.02;

    private static final int LEAST = 3;

    private final List<Look> looks = new ArrayList<>();
    private final List<Double> since = new ArrayList<>();
    private int best;

    /**
     * One validation.
     *
     * @param training median training loss since the validation before
     */
    private record Look(int step, double validation, double training) {
        double gap() {
            return validation - training;
        }
    }

    @Override
    public Kind kind() {
        return Kind.OVERFITTING;
    }

    @Override
    public Optional<String> step(StepSignals signals) {
        if (signals.loss() != null) {
            since.add(signals.loss());
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> validated(StepSignals signals) {
        Double loss = signals.validationLoss();
        if (loss == null) {
            return Optional.empty();
        }
        double training = RobustStatistics.median(
                since.stream().mapToDouble(value -> value).toArray());
        since.clear();
        looks.add(new Look(signals.step(), loss, training));
        if (loss < looks.get(best).validation()) {
            best = looks.size() - 1;
        }
        return looks.size() < LEAST ? Optional.empty() : judge();
    }

    private Optional<String> judge() {
        Look lowest = looks.get(best);
        Look last = looks.get(looks.size() - 1);
        Look before = looks.get(looks.size() - 2);
        double rise = last.validation() - lowest.validation();
        boolean risesTwice = last.validation() > before.validation()
                && before.validation() > looks.get(looks.size() - 3).validation();
        boolean overfits = risesTwice
                && rise > RISE
                && 100 * rise > GENERALIZATION_LOSS * lowest.validation()
                && last.training() < lowest.training()
                && last.gap() > lowest.gap();
        if (!overfits) {
            return Optional.empty();
        }
        List<Look> after = looks.subList(best, looks.size());
        double slope = RobustStatistics.slope(
                after.stream().mapToDouble(Look::step).toArray(),
                after.stream().mapToDouble(Look::validation).toArray());
        return Optional.of(String.format(
                Locale.ROOT,
                "the validation loss rose from %.4g at step %d to %.4g (%+.2g per 100 steps), while the training loss"
                        + " fell to %.4g; train fewer epochs, or use more rows",
                lowest.validation(),
                lowest.step(),
                last.validation(),
                100 * slope,
                last.training()));
    }

    @Override
    public boolean informed() {
        return looks.size() >= LEAST;
    }
}
