package dev.septet.activities.evaluate;

/** Where models come from. */
@FunctionalInterface
public interface Subjects {
    /** Loads a model; the caller closes it. */
    Subject open(Candidate candidate);
}
