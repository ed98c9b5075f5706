package dev.septet.workflows.artifact;

/** What a gate says. */
public enum Verdict {
    GO,
    NO_GO,
    /** The numbers do not decide; counts as no. */
    INCONCLUSIVE
}
