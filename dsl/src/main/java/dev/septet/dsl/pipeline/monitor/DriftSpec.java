package dev.septet.dsl.pipeline.monitor;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.ExtensionSpec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A drift detector, its feature, and the score above which it reports drift.
 *
 * @param above the bound of the score, in the detector's own measure; null = the bound that chance alone exceeds at the
 *     monitor's rate of false alarms
 * @param detector null for a jar's
 * @param extension the jar's word; null for a detector of Septet's own
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DriftSpec(
        @Nullable Detector detector,
        Feature feature,
        @Nullable Double above,
        @Nullable ExtensionSpec extension) {
    public DriftSpec {
        require((detector == null) != (extension == null), "drift needs one detector");
        require(above == null || above > 0, "drift above: must be above 0, got %s", above);
        if (detector != null) {
            check(detector, feature, above);
        }
    }

    /** A detector of Septet's own. */
    public DriftSpec(Detector detector, Feature feature, @Nullable Double above) {
        this(detector, feature, above, null);
    }

    private static void check(Detector detector, Feature feature, @Nullable Double above) {
        require(
                above == null || above <= detector.most(),
                "drift above: must be at most %s, got %s",
                detector.most(),
                above);
        require(detector.looksAt(feature.kind()), "%s cannot check %s", detector.name(), feature.name());
    }

    /** The persisted name of the detector, or the jar's word. */
    public String name() {
        return detector == null ? Objects.requireNonNull(extension).word() : detector.name();
    }

    /** Detectors: how two samples are compared, and what the score is. */
    public enum Detector {
        /** Population stability index over the training sample's deciles, or over categories. */
        PSI(10, Kind.NUMBER, true),
        /** Two-sample Kolmogorov-Smirnov statistic, from 0 to 1. */
        KS(1, Kind.NUMBER, false),
        /** Chi-square test over the training sample's deciles, or over categories: Cramer's V. */
        CHI_SQUARE(1, Kind.NUMBER, true),
        /** Jensen-Shannon distance (base 2), over deciles or categories, from 0 to 1. */
        JENSEN_SHANNON(1, Kind.NUMBER, true),
        /** How well a classifier separates new texts from training texts: area under its ROC curve. */
        CLASSIFIER(1, Kind.TEXT, false),
        /** Distance between the mean embeddings of new texts and training texts. */
        EMBEDDING(10, Kind.TEXT, false),
        /** Relative increase of the deployed model's perplexity on new prompts: 0.15 = 15 percent. */
        PERPLEXITY(1_000, Kind.LOSS, false),
        /** Increase of the share of negative feedback: 0.1 = ten more of a hundred. */
        FEEDBACK(1, Kind.FEEDBACK, false),
        /** Increase of the share of refused answers: 0.1 = ten more of a hundred. */
        REFUSAL(1, Kind.REFUSAL, false);

        private final double max;
        private final Kind kind;
        private final boolean categories;

        Detector(double max, Kind kind, boolean categories) {
            this.max = max;
            this.kind = kind;
            this.categories = categories;
        }

        /** The largest possible bound of its score. */
        public double most() {
            return max;
        }

        /** Whether the detector can compare values of this kind. */
        public boolean looksAt(Kind kind) {
            return this.kind == kind || (categories && kind == Kind.CATEGORY);
        }
    }

    /** The kind of a feature's values. */
    public enum Kind {
        NUMBER,
        CATEGORY,
        TEXT,
        LOSS,
        FEEDBACK,
        REFUSAL
    }

    /** The feature of a prompt or an answer that a detector checks. */
    public enum Feature {
        /** The number of characters in the prompt. */
        PROMPT_LENGTH(Kind.NUMBER),
        /** The number of tokens in the prompt. */
        PROMPT_TOKENS(Kind.NUMBER),
        /** The number of characters in the answer. */
        ANSWER_LENGTH(Kind.NUMBER),
        /** The prompt's language. */
        LANGUAGE(Kind.CATEGORY),
        /** The text of the prompt. */
        PROMPT_TEXT(Kind.TEXT),
        /** Mean negative log-likelihood of the prompt under the deployed model. */
        PROMPT_LOSS(Kind.LOSS),
        /** Whether an answer's feedback is negative. */
        NEGATIVE_FEEDBACK(Kind.FEEDBACK),
        /** Whether an answer is a refusal. */
        REFUSED(Kind.REFUSAL);

        private final Kind kind;

        Feature(Kind kind) {
            this.kind = kind;
        }

        public Kind kind() {
            return kind;
        }
    }
}
