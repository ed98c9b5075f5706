package dev.septet.dsl.vocabulary;

import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
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
    PREFERENCE_ACCURACY(1),
    /** Share of answers whose label is the expected one, from 0 to 1. Case and white space around it do not count. */
    ACCURACY(1),
    /** F1 over the decisions for all labels together, from 0 to 1. */
    MICRO_F1(1),
    /** Mean of the F1 of each label, from 0 to 1. Rare labels count as much as common ones. */
    MACRO_F1(1),
    /** Mean of the F1 of each label, weighted by its number of rows, from 0 to 1. */
    WEIGHTED_F1(1),
    /** chrF: F-score of common n-grams of characters, from 0 to 100. It suits languages without spaces. */
    CHR_F(100),
    /** chrF++: chrF that also counts words and pairs of words, from 0 to 100. */
    CHR_F_PLUS_PLUS(100),
    /** METEOR with exact words and English stems, without synonyms, from 0 to 1. */
    METEOR(1),
    /** Share of answers that equal the expected ones by SQuAD's rules: no case, punctuation or articles. From 0 to 1. */
    SQUAD_EXACT_MATCH(1),
    /** F1 of common words by SQuAD's rules, from 0 to 1. */
    SQUAD_F1(1),
    /** Word errors for each expected word; may exceed 1. Smaller is better. */
    WORD_ERROR_RATE(Double.MAX_VALUE),
    /** Character errors for each expected character; may exceed 1. Smaller is better. */
    CHAR_ERROR_RATE(Double.MAX_VALUE),
    /** Share of answers whose final number is the expected one, from 0 to 1. */
    NUMERIC_ANSWER(1),
    /** Share of answers in which a regular expression finds a match, from 0 to 1. */
    REGEX(1),
    /** Share of answers that are valid JSON, or valid by a JSON schema, from 0 to 1. */
    JSON(1),
    /** Mean share of equal fields among all fields of the expected and the answered JSON object, from 0 to 1. */
    JSON_FIELDS(1),
    /** Share of answers with the expected calls of tools, in any order, with equal arguments, from 0 to 1. */
    TOOL_CALLS(1),
    /** Share of answers that call the expected tools, whatever the arguments, from 0 to 1. */
    TOOL_NAMES(1),
    /** Mean number of characters of an answer. A shorter answer counts as better. */
    ANSWER_LENGTH(Double.MAX_VALUE),
    /** Expected calibration error of the model's confidence in its answers, from 0 to 1. Smaller is better. */
    CALIBRATION_ERROR(1),
    /** Brier score of the model's confidence in its answers, from 0 to 1. Smaller is better. */
    BRIER(1),
    /** Similarity of the base model's hidden states of answer and expected answer, from 0 to 1. It is not BERTScore. */
    SIMILARITY(1),
    /** Probability that at least one of k samples passes, from 0 to 1. */
    PASS_AT(1),
    /** Probability that all of k samples pass, from 0 to 1. */
    PASS_ALL(1),
    /** Mean of the scores that other models give to the answers, from 0 to 1. */
    JUDGE(1),
    /** Share of rows where other models prefer the tuned model's answer. A tie counts half. From 0 to 1. */
    WIN_RATE(1),
    /** Share of rows where people prefer the tuned model's answer. A tie counts half. From 0 to 1. */
    HUMAN_WIN_RATE(1);

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
        return MetricSpec.lowerIsBetter(EnumName.of(this));
    }

    /** One of these, or a jar's, with bounds. */
    public static MetricSpec spec(ExtensibleChoice<MetricName> name, @Nullable Double above, @Nullable Double below) {
        ExtensionWord declared = name.declared();
        ExtensionSpec extension = name.extension();
        return declared == null || extension == null
                ? new MetricSpec(
                        EnumName.of(Objects.requireNonNull(name.builtIn())), above, below, null, (MetricArguments)
                                name.arguments())
                : new MetricSpec(
                        extension.word(),
                        above,
                        below,
                        new MetricSpec.ExtensionMetric(extension, declared.lowerIsBetter(), declared.readsAnswer()));
    }
}
