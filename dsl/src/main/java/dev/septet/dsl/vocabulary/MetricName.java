package dev.septet.dsl.vocabulary;

import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.vocabulary.word.EnumName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Metrics that evaluation computes on the test split. */
public enum MetricName {
    /** Mean negative log-likelihood per answer token. Smaller is better. */
    LOSS(Double.MAX_VALUE),
    /** Exponential of the loss. Smaller is better. */
    PERPLEXITY(Double.MAX_VALUE),
    /** Share of answers that equal the expected ones, from 0 to 1. */
    EXACT_MATCH(1),
    /** BLEU of the answers, from 0 to 100. */
    BLEU(100),
    /** ROUGE-1: F-measure of common words, from 0 to 1. */
    ROUGE1(1),
    /** ROUGE-2: F-measure of common pairs of words, from 0 to 1. */
    ROUGE2(1),
    /** ROUGE-L: F-measure of the longest common subsequence of words, from 0 to 1. */
    ROUGE_L(1),
    /** Share of pairs whose chosen answer is more likely than the rejected one, from 0 to 1. */
    PREFERENCE_ACCURACY(1);

    private final double max;

    MetricName(double max) {
        this.max = max;
    }

    /** The largest possible score. */
    public static double most(ExtensibleChoice<MetricName> name) {
        return name.declared() != null ? name.declared().largest() : Objects.requireNonNull(name.builtIn()).max;
    }

    /** Whether a smaller score is better. */
    public boolean lowerIsBetter() {
        return spec(null, null).lowerIsBetter();
    }

    /** The metric with its bounds, named as in {@link MetricSpec#KNOWN}. */
    MetricSpec spec(@Nullable Double above, @Nullable Double below) {
        return new MetricSpec(EnumName.of(this), above, below);
    }

    /** One of these, or a jar's, with bounds. */
    public static MetricSpec spec(ExtensibleChoice<MetricName> name, @Nullable Double above, @Nullable Double below) {
        ExtensionWord declared = name.declared();
        ExtensionSpec extension = name.extension();
        return declared == null || extension == null
                ? Objects.requireNonNull(name.builtIn()).spec(above, below)
                : new MetricSpec(
                        extension.word(),
                        above,
                        below,
                        new MetricSpec.ExtensionMetric(extension, declared.lowerIsBetter(), declared.readsAnswer()));
    }
}
