package dev.septet.dsl.vocabulary.value;

/** What drift starts. */
public enum Reaction {
    /** A new run of the same pipeline. */
    RETRAIN
}
