package dev.septet.workflows.artifact;

/** The decision of a gate. */
public enum Verdict {
    GO,
    NO_GO,
    /** The numbers do not decide; treated as no. */
    INCONCLUSIVE
}
