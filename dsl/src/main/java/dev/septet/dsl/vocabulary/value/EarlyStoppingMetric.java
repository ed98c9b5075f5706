package dev.septet.dsl.vocabulary.value;

/** The metric that early stopping compares. */
public enum EarlyStoppingMetric {
    /** The loss on the validation split. */
    VALIDATION_LOSS
}
