package dev.septet.dsl.vocabulary.value;

/** What drift or reviewed feedback starts. */
public enum Reaction {
    /** A new run of the same pipeline. */
    RETRAIN
}
