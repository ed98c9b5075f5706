package dev.septet.dsl.vocabulary;

/** What a tuned model is compared with. */
public enum ComparisonBaseline {
    /** The base model, before any training. */
    BASELINE,
    /** The model that is deployed now; before the first one there is nothing to compare. */
    CHAMPION
}
