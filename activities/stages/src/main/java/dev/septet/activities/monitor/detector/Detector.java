package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.dsl.extension.ExtensionProblem;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import java.util.Objects;

/** A method to compare present requests with the training data. */
@FunctionalInterface
public interface Detector {
    /** Compares two samples; each has at least {@link #fewest} values. */
    Detection detect(FeatureSample baseline, FeatureSample window);

    /** The detector of a pipeline file. */
    static Detector of(DriftSpec drift) {
        DriftSpec.Detector own = drift.detector();
        if (own != null) {
            return named(own);
        }
        Detector detector = run(drift, () -> extension(drift).detector(word(drift)));
        return (baseline, window) -> run(drift, () -> detector.detect(baseline, window));
    }

    /** Number of values in each sample below which the detector of a pipeline file reports nothing. */
    static int fewest(DriftSpec drift) {
        DriftSpec.Detector own = drift.detector();
        return own == null ? run(drift, () -> extension(drift).fewest()) : fewest(own);
    }

    private static DetectorExtension extension(DriftSpec drift) {
        return Extensions.of(word(drift), ExtensionWord.Kind.DETECTOR, DetectorExtension.class);
    }

    private static <R> R run(DriftSpec drift, Extensions.Code<R, RuntimeException> code) {
        return Extensions.run(ExtensionWord.Kind.DETECTOR, word(drift), ExtensionProblem.class, code);
    }

    private static ExtensionSpec word(DriftSpec drift) {
        return Objects.requireNonNull(drift.extension());
    }

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
