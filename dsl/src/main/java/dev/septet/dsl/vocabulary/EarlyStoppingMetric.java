package dev.septet.dsl.vocabulary;

/** What early stopping looks at. */
public enum EarlyStoppingMetric {
    /** The loss on the validation split. */
    VALIDATION_LOSS
}
