package dev.septet.dsl.vocabulary.value;

/** The model that a tuned model is compared with. */
public enum ComparisonBaseline {
    /** The base model, before any training. */
    BASELINE,
    /** The model that is deployed now. Before the first deployment, the base model. */
    CHAMPION
}
