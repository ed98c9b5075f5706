package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.train.OnWarningSpec;
import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import dev.septet.dsl.pipeline.train.OnWarningSpec.Reaction;
import dev.septet.workflows.artifact.TrainingWarning;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives the warnings about a training, and what follows from them. Everything is a function of the steps in their
 * order. So a training that continues from a checkpoint repeats the warnings and their effects, when the lines of the
 * checkpoint's ledger are passed in again.
 */
public final class Watchdog {
    /** Largest number of warnings of one kind. */
    static final int MOST = 5;

    /** Largest number of times that the learning rate is halved: down to a sixteenth. */
    static final int MOST_HALVINGS = 4;

    private static final int LEAST_QUIET = 16;
    private static final int QUIET_PART = 5;

    private final @Nullable OnWarningSpec reactions;
    private final int quiet;
    private final List<Rule> rules;
    private final List<TrainingWarning> warnings = new ArrayList<>();
    private final Map<Kind, Integer> last = new EnumMap<>(Kind.class);
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private int halvings;

    /**
     * @param totalSteps steps of the whole training
     * @param rowsPerStep rows of a step, for messages; 0 = not known
     * @param reactions what follows from a warning; null = nothing
     */
    public Watchdog(int totalSteps, int rowsPerStep, @Nullable OnWarningSpec reactions) {
        this.reactions = reactions;
        this.quiet = Math.max(LEAST_QUIET, totalSteps / QUIET_PART);
        this.rules = List.of(
                new OverfittingRule(),
                new SpikeRule(),
                new DivergenceRule(),
                new NoiseRule(totalSteps, rowsPerStep),
                new PlateauRule(totalSteps),
                new DeadAdapterRule(),
                new DataOrderRule(totalSteps));
    }

    /** Receives the next step, before its validation. */
    public void step(StepSignals signals) {
        for (Rule rule : rules) {
            rule.step(signals).ifPresent(message -> warn(rule.kind(), signals.step(), message));
        }
    }

    /** Receives the last step again, with its validation loss. */
    public void validated(StepSignals signals) {
        for (Rule rule : rules) {
            rule.validated(signals).ifPresent(message -> warn(rule.kind(), signals.step(), message));
        }
    }

    /** Receives a complete line of a ledger. */
    public void replay(StepSignals signals) {
        step(signals);
        if (signals.validationLoss() != null) {
            validated(signals);
        }
    }

    /** The warnings so far, in order. */
    public List<TrainingWarning> warnings() {
        return List.copyOf(warnings);
    }

    /** The factor of the learning rate of the next step: 1, or 1/2 for each warning that lowers it. */
    public double rateFactor() {
        return Math.scalb(1.0, -halvings);
    }

    /** The warning that ends the training, if there is one. */
    public Optional<TrainingWarning> stop() {
        return warnings.stream()
                .filter(warning -> warning.reaction() == Reaction.STOP)
                .findFirst();
    }

    /**
     * The kinds of warnings that the steps so far had the numbers for. Without a warning, only these kinds have been
     * excluded.
     *
     * @param adapters whether the training makes an adapter
     */
    public List<Kind> checked(boolean adapters) {
        return rules.stream()
                .filter(rule -> rule.informed() && (adapters || rule.kind() != Kind.DEAD_ADAPTERS))
                .map(Rule::kind)
                .toList();
    }

    private void warn(Kind kind, int step, String message) {
        Integer before = last.get(kind);
        int count = counts.getOrDefault(kind, 0);
        boolean order = kind == Kind.DATA_ORDER && last.containsKey(Kind.DIVERGENCE); // its cause is not the order
        int most = kind.helpedByLowerRate() ? MOST : 1; // nothing changes the others
        if (order || count == most || (before != null && step - before <= quiet)) {
            return;
        }
        last.put(kind, step);
        counts.put(kind, count + 1);
        warnings.add(new TrainingWarning(kind, step, message, react(kind)));
    }

    private @Nullable Reaction react(Kind kind) {
        Reaction reaction = reactions == null ? Reaction.REPORT : reactions.to(kind);
        if (reaction == Reaction.LOWER_RATE && halvings < MOST_HALVINGS) {
            halvings++;
            return reaction;
        }
        return reaction == Reaction.STOP ? reaction : null;
    }
}
