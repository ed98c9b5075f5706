package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.dsl.pipeline.monitor.DriftSpec;

/** A method to compare present requests with the training data. */
@FunctionalInterface
public interface Detector {
    /** Compares two samples; each has at least {@link #fewest} values. */
    Detection detect(FeatureSample baseline, FeatureSample window);

    /** Minimum number of values in each sample; with fewer, the p-value would mean little. */
    static int fewest(DriftSpec.Detector name) {
        return switch (name) {
            case PSI, CHI_SQUARE, JENSEN_SHANNON, CLASSIFIER, EMBEDDING -> 40;
            case KS, PERPLEXITY, FEEDBACK, REFUSAL -> 20;
        };
    }

    /** The detector of this name in a pipeline file. */
    static Detector named(DriftSpec.Detector name) {
        return switch (name) {
            case PSI -> new StabilityIndex();
            case KS -> new KolmogorovSmirnov();
            case CHI_SQUARE -> new ChiSquare();
            case JENSEN_SHANNON -> new JensenShannon();
            case CLASSIFIER -> new TextClassifier();
            case EMBEDDING -> new EmbeddingDistance();
            case PERPLEXITY -> new PerplexityRise();
            case FEEDBACK, REFUSAL -> new ShareRise();
        };
    }
}
