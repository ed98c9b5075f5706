package dev.septet.activities.train.watch;

import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import java.util.Optional;

/** A rule that finds one kind of warning. Its state is a function of the steps that it received, in order. */
interface Rule {
    Kind kind();

    /**
     * Receives a step after its update.
     *
     * @return the warning's sentence
     */
    Optional<String> step(StepSignals signals);

    /** Receives a step again, with the validation loss that was measured after it. */
    default Optional<String> validated(StepSignals signals) {
        return Optional.empty();
    }

    /** Whether the steps so far had the numbers that the rule needs to give a warning. */
    boolean informed();
}
