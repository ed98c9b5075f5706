package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import java.util.Locale;
import java.util.Optional;

/** Adapters whose matrix B stays at 0 while the others move: their layers get no gradient. */
final class DeadAdapterRule implements Rule {
    /** Number of updates in a row after which an adapter that has not moved is dead. */
    static final int UPDATES = 20;

    private int updates;
    private int fewest = Integer.MAX_VALUE;
    private int measured;
    private boolean told;

    @Override
    public Kind kind() {
        return Kind.DEAD_ADAPTERS;
    }

    @Override
    public Optional<String> step(StepSignals signals) {
        Double rate = signals.learningRate();
        measured += signals.agreement() == null ? 0 : 1; // the engine measures both
        if (told || rate == null || rate == 0) {
            return Optional.empty();
        }
        if (signals.stillAdapters() == 0) {
            updates = 0;
            fewest = Integer.MAX_VALUE;
            return Optional.empty();
        }
        updates++;
        fewest = Math.min(fewest, signals.stillAdapters());
        if (updates < UPDATES) {
            return Optional.empty();
        }
        told = true;
        return Optional.of(String.format(
                Locale.ROOT,
                "%d adapter%s not moved in %d updates, the first is %s; check the base model's weights there, or choose other targets",
                fewest,
                fewest == 1 ? " has" : "s have",
                UPDATES,
                signals.stillAdapter()));
    }

    @Override
    public boolean informed() {
        return measured >= UPDATES;
    }
}
