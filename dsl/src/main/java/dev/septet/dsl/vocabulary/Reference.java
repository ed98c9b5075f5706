package dev.septet.dsl.vocabulary;

/** What a tuned model is compared with. */
public enum Reference {
    /** The base model, before any training. */
    BASELINE
}
