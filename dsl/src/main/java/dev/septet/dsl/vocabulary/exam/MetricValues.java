package dev.septet.dsl.vocabulary.exam;

import dev.septet.dsl.expression.regex.Regex;
import dev.septet.dsl.expression.regex.RegexProblem;
import dev.septet.dsl.pipeline.evaluate.JudgeSpec;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import dev.septet.dsl.pipeline.evaluate.VotesSpec;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.vocabulary.ExtensibleChoice;
import dev.septet.dsl.vocabulary.MetricName;
import dev.septet.dsl.vocabulary.generate.GenerateDsl;
import dev.septet.dsl.vocabulary.value.PassCriterion;
import dev.septet.dsl.vocabulary.word.EnumName;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.util.List;
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

    /**
     * A metric: the mean of the scores that other models give to the answers, by the criteria of the file {@code rubric:}.
     * {@code tokens:} and {@code cost:} are the most that one run may use. {@code labels:} is a file with scores of people,
     * with which the judges are compared. {@code unmeasured:} is the largest share of rows without a verdict with which the
     * metric may pass, 10 percent by default.
     */
    @Example("judge(openai(endpoint: 'lab', model: 'gpt-4o-mini'), rubric: 'data/rubric.txt', tokens: 200.thousand)")
    default ExtensibleChoice<MetricName> judge(
            @Option @PathTo(PathTo.Place.WORDS) @Example("'data/rubric.txt'") String rubric,
            @Option JudgeSpec.@Nullable Scale scale,
            @Option @Example("200.thousand") @Nullable Long tokens,
            @Option @Example("5.0") @Nullable Double cost,
            @Option @PathTo(PathTo.Place.DATA) @Example("'data/votes.jsonl'") @Nullable String labels,
            @Option @Example("60") @Nullable Integer requestsPerMinute,
            @Option @Example("8") @Nullable Integer concurrency,
            @Option @Example("5.percent") @Nullable Percent unmeasured,
            @Example("openai(endpoint: 'lab', model: 'gpt-4o-mini')") GenerateSpec.Teacher... models) {
        return ExtensibleChoice.of(
                MetricName.JUDGE,
                MetricArguments.judge(new JudgeSpec(
                        List.of(models),
                        rubric,
                        scale == null ? JudgeSpec.Scale.POINTS : scale,
                        null,
                        new GenerateSpec.Budget(tokens, cost, GenerateSpec.Budget.End.STOP),
                        labels,
                        requestsPerMinute,
                        concurrency == null ? JudgeSpec.DEFAULT_CONCURRENCY : concurrency,
                        unmeasured == null ? JudgeSpec.DEFAULT_UNMEASURED : unmeasured.fraction(),
                        null,
                        null)));
    }

    /**
     * A metric: the share of rows where other models prefer the tuned model's answer to that of the base model, or of the
     * deployed one with {@code against: champion}. Each pair is judged in both orders. A tie counts half. Its other options
     * are those of {@code judge}.
     */
    @Example("winRate(model('models/judge'), rubric: 'data/rubric.txt', tokens: 200.thousand)")
    default ExtensibleChoice<MetricName> winRate(
            @Option @PathTo(PathTo.Place.WORDS) @Example("'data/rubric.txt'") String rubric,
            @Option JudgeSpec.@Nullable Against against,
            @Option @Example("200.thousand") @Nullable Long tokens,
            @Option @Example("5.0") @Nullable Double cost,
            @Option @PathTo(PathTo.Place.DATA) @Example("'data/votes.jsonl'") @Nullable String labels,
            @Option @Example("60") @Nullable Integer requestsPerMinute,
            @Option @Example("8") @Nullable Integer concurrency,
            @Option @Example("5.percent") @Nullable Percent unmeasured,
            @Example("openai(endpoint: 'lab', model: 'gpt-4o-mini')") GenerateSpec.Teacher... models) {
        return ExtensibleChoice.of(
                MetricName.WIN_RATE,
                MetricArguments.judge(new JudgeSpec(
                        List.of(models),
                        rubric,
                        null,
                        against == null ? JudgeSpec.Against.BASELINE : against,
                        new GenerateSpec.Budget(tokens, cost, GenerateSpec.Budget.End.STOP),
                        labels,
                        requestsPerMinute,
                        concurrency == null ? JudgeSpec.DEFAULT_CONCURRENCY : concurrency,
                        unmeasured == null ? JudgeSpec.DEFAULT_UNMEASURED : unmeasured.fraction(),
                        null,
                        null)));
    }

    /**
     * A metric: the share of rows where people prefer the tuned model's answer to that of the base model, or of the deployed
     * one with {@code against: champion}. {@code septet review} writes the votes file. A tie counts half. Votes on other
     * answers do not count, and without votes the model does not pass. {@code unmeasured:} is the largest share of sampled
     * rows without a vote with which the metric may pass, 10 percent by default.
     */
    @Example("humanWinRate(votes: 'votes.jsonl')")
    default ExtensibleChoice<MetricName> humanWinRate(
            @Option @PathTo(PathTo.Place.LOG) @Example("'votes.jsonl'") String votes,
            @Option JudgeSpec.@Nullable Against against,
            @Option @Example("5.percent") @Nullable Percent unmeasured) {
        return ExtensibleChoice.of(
                MetricName.HUMAN_WIN_RATE,
                MetricArguments.votes(new VotesSpec(
                        votes,
                        against == null ? JudgeSpec.Against.BASELINE : against,
                        unmeasured == null ? JudgeSpec.DEFAULT_UNMEASURED : unmeasured.fraction(),
                        null)));
    }

    /**
     * A judge: a model of a service with OpenAI's API. The operator of the workers declares the endpoints and their models.
     * The texts of test rows and the models' answers leave for this service.
     */
    @Example("openai(endpoint: 'lab', model: 'gpt-4o-mini')")
    default GenerateSpec.Teacher openai(
            @Option @Example("'lab'") String endpoint, @Option @Example("'gpt-4o-mini'") String model) {
        return GenerateDsl.teacher(endpoint, model);
    }

    /** A judge: a model that Septet's engine runs: a folder, a .gguf file, or the name of a model on the Hub. */
    @Example("model('models/judge')")
    default GenerateSpec.Teacher model(@PathTo(PathTo.Place.MODEL) @Example("'models/judge'") String path) {
        return new GenerateSpec.Teacher(null, path);
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
