package dev.septet.dsl.vocabulary.exam;

import dev.septet.dsl.expression.regex.Regex;
import dev.septet.dsl.expression.regex.RegexProblem;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.vocabulary.ExtensibleChoice;
import dev.septet.dsl.vocabulary.MetricName;
import dev.septet.dsl.vocabulary.value.PassCriterion;
import dev.septet.dsl.vocabulary.word.EnumName;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Refusal;
import org.jspecify.annotations.Nullable;

/** Value words of {@code evaluate} and of its named sets: metrics with arguments. */
public interface MetricValues {
    /**
     * A metric: the share of answers that are one JSON value. With {@code schema:}, the value must also be valid by a
     * JSON schema. A code fence around the JSON is accepted.
     */
    @Example("json(schema: 'data/answer.schema.json')")
    default ExtensibleChoice<MetricName> json(
            @Option @PathTo(PathTo.Place.SCHEMA) @Example("'data/answer.schema.json'") @Nullable String schema) {
        return ExtensibleChoice.of(MetricName.JSON, schema == null ? null : MetricArguments.schema(schema));
    }

    /** A metric: the share of answers in which a regular expression finds a match. */
    @Example("regex('^(billing|sales)$')")
    default ExtensibleChoice<MetricName> regex(@Example("'^(billing|sales)$'") String pattern) {
        MetricArguments arguments = MetricArguments.pattern(pattern);
        try {
            Regex.of(pattern);
        } catch (RegexProblem e) {
            throw new Refusal("the pattern of regex: " + e.getMessage(), "");
        }
        return ExtensibleChoice.of(MetricName.REGEX, arguments);
    }

    /**
     * A metric: the share of answers whose final number is that of the expected answer. The number stands behind
     * {@code ####}, or is the last one of the text. {@code tolerance:} is the largest accepted difference.
     */
    @Example("numericAnswer(tolerance: 0.01)")
    default ExtensibleChoice<MetricName> numericAnswer(@Option @Example("0.01") @Nullable Double tolerance) {
        return ExtensibleChoice.of(
                MetricName.NUMERIC_ANSWER, tolerance == null ? null : MetricArguments.tolerance(tolerance));
    }

    /**
     * A metric: the similarity of the hidden states that the base model has for the answer and for the expected answer
     * behind one decoder layer. It is computed like BERTScore, but with another model, so the numbers are not BERTScore.
     */
    @Example("similarity(layer: 2)")
    default ExtensibleChoice<MetricName> similarity(@Option @Example("2") int layer) {
        return ExtensibleChoice.of(MetricName.SIMILARITY, MetricArguments.layer(layer));
    }

    /**
     * A metric: the probability that at least one of k sampled answers passes. {@code samples:} answers are drawn for
     * each row, k when it is left out. {@code by:} says when an answer passes.
     */
    @Example("passAt(2, samples: 4, by: numericAnswer)")
    default ExtensibleChoice<MetricName> passAt(
            @Example("2") int k,
            @Option @Example("4") @Nullable Integer samples,
            @Option @Example("0.8") @Nullable Double temperature,
            @Option @Example("numericAnswer") @Nullable PassCriterion by) {
        return ExtensibleChoice.of(MetricName.PASS_AT, sampled(k, samples, temperature, by));
    }

    /** A metric: the probability that all of k sampled answers pass. Its options are those of {@code passAt}. */
    @Example("passAll(2, samples: 4, by: toolCalls)")
    default ExtensibleChoice<MetricName> passAll(
            @Example("2") int k,
            @Option @Example("4") @Nullable Integer samples,
            @Option @Example("0.8") @Nullable Double temperature,
            @Option @Example("toolCalls") @Nullable PassCriterion by) {
        return ExtensibleChoice.of(MetricName.PASS_ALL, sampled(k, samples, temperature, by));
    }

    private static MetricArguments sampled(
            int k, @Nullable Integer samples, @Nullable Double temperature, @Nullable PassCriterion by) {
        Refusal.unless(k >= 1, "the number of samples must be at least 1, got %s", k);
        return MetricArguments.samples(
                k,
                samples == null ? k : samples,
                temperature == null ? MetricArguments.DEFAULT_TEMPERATURE : temperature,
                EnumName.of(by == null ? PassCriterion.EXACT_MATCH : by));
    }
}
