package dev.septet.dsl.pipeline.train;

import java.util.Optional;

/** What is known where a file is checked about the back ends that its workers allow. */
@FunctionalInterface
public interface BackEndCheck {
    /** Nothing is known, so nothing is refused here; the workers check it. */
    BackEndCheck NONE = train -> Optional.empty();

    /** Why the workers would refuse the training; empty when they would not, or when that is not known. */
    Optional<String> objection(TrainSpec train);
}
