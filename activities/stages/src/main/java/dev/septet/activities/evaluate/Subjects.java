package dev.septet.activities.evaluate;

/** Opens models for evaluation. */
@FunctionalInterface
public interface Subjects {
    /** Loads a model; the caller closes it. */
    Subject open(Candidate candidate);

    /** Whether predictions of this model have losses. */
    default boolean measuresLosses(Candidate candidate) {
        return true;
    }
}
