package dev.septet.activities.monitor.sample;

/** The input of a detector: one feature's values for many prompts or answers. */
public sealed interface FeatureSample permits NumericSample, Counts, TextFeatures, Proportion {
    /** Number of prompts, answers or opinions in the sample. */
    long size();
}
