package dev.septet.activities.monitor;

import dev.septet.activities.support.StageProblem;
import dev.septet.dsl.spec.DriftSpec;

/** A way to compare what is asked now with what was trained on. */
@FunctionalInterface
interface Detector {
    /** Compares; both samples hold at least two values. */
    Detection detect(Sample baseline, Sample window);

    /** The detector that a pipeline file names. */
    static Detector named(DriftSpec.Detector name) {
        return switch (name) {
            case PSI -> new StabilityIndex();
            case KS -> new KolmogorovSmirnov();
            case PERPLEXITY -> new PerplexityRise();
            case CHI_SQUARE, JENSEN_SHANNON, CLASSIFIER, EMBEDDING, FEEDBACK, REFUSAL ->
                    throw StageProblem.invalid("monitor: this worker has no detector " + name);
        };
    }
}
