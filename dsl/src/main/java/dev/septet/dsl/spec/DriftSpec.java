package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

/**
 * One detector and the score above which it says drift.
 *
 * @param above for PSI the index, for KS the statistic, for PERPLEXITY the relative rise
 */
public record DriftSpec(Detector detector, Feature feature, double above) {
    public DriftSpec {
        require(above > 0, "drift above: must be above 0, got %s", above);
        require(
                detector == Detector.PERPLEXITY || above <= 10,
                "drift above: must be at most 10, got %s",
                above);
    }

    /** How two samples are compared. */
    public enum Detector {
        /** Population stability index over the training sample's deciles. */
        PSI,
        /** Two-sample Kolmogorov-Smirnov statistic. */
        KS,
        /** Relative rise of the deployed model's perplexity on new prompts. */
        PERPLEXITY
    }

    /** What of a prompt is measured. */
    public enum Feature {
        /** Characters of the prompt. */
        PROMPT_LENGTH,
        /** Tokens of the prompt. */
        PROMPT_TOKENS,
        /** Mean negative log-likelihood of the prompt under the deployed model. */
        PROMPT_LOSS
    }
}
