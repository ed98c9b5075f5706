package dev.septet.activities.evaluate;

/** Opens models for evaluation. */
@FunctionalInterface
public interface Subjects {
    /** Loads a model; the caller closes it. */
    Subject open(Candidate candidate);
}
