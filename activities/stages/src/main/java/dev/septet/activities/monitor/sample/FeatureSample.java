package dev.septet.activities.monitor.sample;

/**
 * What one detector looks at: values of many prompts or answers, by which two sets are compared.
 */
public sealed interface FeatureSample permits NumericSample, Counts, TextFeatures, Proportion {
    /** How many prompts, answers or opinions it stands for. */
    long size();
}
