package dev.septet.dsl.vocabulary;

/** What drift starts. */
public enum Reaction {
    /** A new run of the same pipeline. */
    RETRAIN
}
