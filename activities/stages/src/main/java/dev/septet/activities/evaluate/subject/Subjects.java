package dev.septet.activities.evaluate.subject;

/** Opens models for evaluation. */
@FunctionalInterface
public interface Subjects {
    /** Loads a model; the caller closes it. */
    Subject open(Candidate candidate);

    /** Whether predictions of this model have losses. */
    default boolean measuresLosses(Candidate candidate) {
        return true;
    }

    /** Address of the service that holds this model; empty where this worker runs it. */
    default String address(Candidate candidate) {
        return "";
    }
}
