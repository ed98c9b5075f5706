package dev.septet.dsl.vocabulary.value;

/** What a tuned model is compared with in {@code evaluate}. */
public enum ComparedModel {
    /** The base model, before any training. */
    BASELINE,
    /** The model that is deployed now. Before the first deployment, the base model. */
    CHAMPION,
    /** The base model with the nearest training rows in its prompt. */
    RETRIEVAL
}
