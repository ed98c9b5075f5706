package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.dsl.pipeline.monitor.DriftSpec;

/** A way to compare what is asked now with what was trained on. */
@FunctionalInterface
public interface Detector {
    /** Compares; both samples hold at least {@link #fewest} values. */
    Detection detect(FeatureSample baseline, FeatureSample window);

    /** Values of each sample below which a detector keeps silent: its chance would mean little. */
    static int fewest(DriftSpec.Detector name) {
        return switch (name) {
            case PSI, CHI_SQUARE, JENSEN_SHANNON, CLASSIFIER, EMBEDDING -> 40;
            case KS, PERPLEXITY, FEEDBACK, REFUSAL -> 20;
        };
    }

    /** The detector that a pipeline file names. */
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
