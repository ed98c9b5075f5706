package dev.septet.dsl.vocabulary;

import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.evaluate.BenchmarkSpec;
import dev.septet.dsl.pipeline.evaluate.ErrorClustersSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.GroundingSpec;
import dev.septet.dsl.pipeline.evaluate.RetrievalSpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.GenerateSpec;
import dev.septet.dsl.vocabulary.exam.CheckWords;
import dev.septet.dsl.vocabulary.exam.MeasureWords;
import dev.septet.dsl.vocabulary.exam.MetricValues;
import dev.septet.dsl.vocabulary.exam.TestSetDsl;
import dev.septet.dsl.vocabulary.safety.SafetyDsl;
import dev.septet.dsl.vocabulary.value.ComparedModel;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Repeatable;
import dev.septet.dsl.vocabulary.word.RowExpression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Evaluation: what the tuned model must reach on the test split before it is deployed. */
public final class EvaluateDsl extends StageDsl implements MetricValues {
    private final MeasureWords measures = new MeasureWords();
    private final CheckWords checks = new CheckWords();
    private final List<TestSetSpec> tests = new ArrayList<>();
    private final List<BenchmarkSpec> benchmarks = new ArrayList<>();
    private @Nullable ForgettingSpec forgetting;
    private @Nullable SafetySpec safety;
    private int limit = EvaluateSpec.DEFAULT_LIMIT;
    private int maxNewTokens = EvaluateSpec.DEFAULT_MAX_NEW_TOKENS;
    private int samples = EvaluateSpec.DEFAULT_SAMPLES;

    EvaluateDsl() {
        super(EvaluateSpec.DEFAULT_POLICY);
    }

    /** A metric to compute, and the bound that it must meet for the model to pass. */
    @Repeatable
    @Example("metric exactMatch, above: 0.9")
    public void metric(
            ExtensibleChoice<MetricName> name,
            @Option @Example("0.9") @Nullable Double above,
            @Option @Example("12.0") @Nullable Double below) {
        measures.metric(name, above, below);
    }

    /**
     * A custom score: the mean of an expression over the test rows, with confidence intervals and bounds like any
     * metric. {@code row} has {@code prompt}, {@code answer} (the model's) and {@code expected} (the data's).
     */
    @Repeatable
    @Example("score('brief', above: 0.9) { row.answer.length() < 200 }")
    public void score(
            @Example("'brief'") String name,
            @Option @Example("0.9") @Nullable Double above,
            @Option @Example("0.1") @Nullable Double below,
            @RowExpression(
                            value = RequiredResult.SCORE,
                            fields = {"prompt", "answer", "expected"})
                    @Example("{ row.answer.length() < 200 }")
                    ExpressionSpec expression) {
        measures.score(name, above, below, expression);
    }

    /**
     * A benchmark in a task file of lm-evaluation-harness, asked of the tuned model and of the base model. The bounds are for
     * one metric of the file: the named one, or its first one.
     */
    @Repeatable
    @Example("benchmark 'benchmarks/capitals.yaml', metric: 'acc_norm', above: 0.4")
    public void benchmark(
            @PathTo(PathTo.Place.TASKS) @Example("'benchmarks/capitals.yaml'") String file,
            @Option @Example("'acc_norm'") @Nullable String metric,
            @Option @Example("0.4") @Nullable Double above,
            @Option @Example("12.0") @Nullable Double below,
            @Option @Example("5") @Nullable Integer fewShot,
            @Option @Example("200") @Nullable Integer limit) {
        var spec = new BenchmarkSpec(file, metric, above, below, fewShot, limit);
        Refusal.unless(
                benchmarks.stream().noneMatch(spec::same), "this metric of the benchmark '%s' is already set", file);
        benchmarks.add(spec);
    }

    /**
     * Compares every metric with another model's. Each metric may be worse by at most {@code tolerance:}. With {@code
     * minGain:}, each metric must be better by more than this part of the other model's score.
     */
    @Repeatable
    @Example("compare baseline, tolerance: 1.percent")
    public void compare(
            ExtensibleChoice<ComparedModel> reference,
            @Option @Example("1.percent") @Nullable Percent tolerance,
            @Option @Example("2.percent") @Nullable Percent minGain) {
        measures.compare(reference, tolerance, minGain);
    }

    /**
     * The base model with the nearest training rows in its prompt. {@code rows:} is their number, 5 by default. {@code by:}
     * says how they are found; {@code words} is the default. {@code layer:} is the decoder layer whose outputs are the
     * vectors; the middle one is the default.
     */
    @Example("retrieval(rows: 5)")
    public ExtensibleChoice<ComparedModel> retrieval(
            @Option @Example("5") @Nullable Integer rows,
            @Option RetrievalSpec.@Nullable By by,
            @Option @Example("2") @Nullable Integer layer) {
        return ExtensibleChoice.of(
                ComparedModel.RETRIEVAL,
                new RetrievalSpec(
                        rows == null ? RetrievalSpec.DEFAULT_ROWS : rows,
                        by == null ? RetrievalSpec.By.WORDS : by,
                        layer,
                        RetrievalSpec.DEFAULT.compare()));
    }

    /** Limits forgetting: how much the loss on a suite of general skills may rise. */
    @Example("forgetting suite: 'data/general.jsonl', maxDrop: 5.percent")
    public void forgetting(
            @Option @PathTo(PathTo.Place.DATA) @Example("'data/general.jsonl'") String suite,
            @Option @Example("5.percent") Percent maxDrop) {
        forgetting = new ForgettingSpec(suite, maxDrop.fraction());
    }

    /**
     * Scores each slice of the test split: the rows with the same value in a column that {@code keep} of {@code prepare}
     * names. With {@code maxGap:}, no slice may be worse than all rows by more than this part of their score. {@code on:}
     * names the only metric or score that has this bound. {@code every:} makes slices of a column of times. A slice with
     * fewer than {@code minRows:} rows has no bound. {@code from:} names a file of error clusters: each cluster is a slice,
     * and {@code by:} is only the name of these slices.
     */
    @Repeatable
    @Example("slices by: 'topic', maxGap: 10.percent")
    public void slices(
            @Option @Example("'topic'") String by,
            @Option @Example("10.percent") @Nullable Percent maxGap,
            @Option @Example("'exactMatch'") @Nullable String on,
            @Option SliceSpec.@Nullable Period every,
            @Option @Example("20") @Nullable Integer minRows,
            @Option @PathTo(PathTo.Place.CLUSTERS) @Example("'data/error-clusters.json'") @Nullable String from) {
        measures.slices(by, maxGap, on, every, minRows, from);
    }

    /**
     * Another set of test rows, with metrics and bounds of its own. The model passes if it passes on every set. {@code
     * name:} is the set's name in scores and reports; by default, the name of the file. With {@code decontaminate} in
     * {@code prepare}, the rows of the set are removed from the training rows.
     */
    @Repeatable
    @Example("test('data/gold.jsonl') { metric exactMatch, above: 0.9 }")
    public void test(
            @PathTo(PathTo.Place.DATA) @Example("'data/gold.jsonl'") String file,
            @Option @Example("'gold'") @Nullable String name,
            @Option @Nullable DatasetFormat format,
            @Nullable Consumer<TestSetDsl> words) {
        String own = name == null ? stem(file) : name;
        if (!TestSetSpec.isName(own)) {
            throw new Refusal(
                    "'%s' cannot name a test set: a name has letters, digits, '-' and '_', at most 64 of them"
                            .formatted(own),
                    "Write `test '%s', name: 'gold'`.".formatted(file));
        }
        Refusal.unless(
                tests.stream().noneMatch(set -> set.name().equals(own)),
                "test '%s' is already set; give one of them another name:",
                own);
        tests.add(TestSetDsl.spec(own, file, format, words));
    }

    private static String stem(String path) {
        String file = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        int dot = file.lastIndexOf('.');
        return dot < 0 ? file : file.substring(0, dot);
    }

    /**
     * Searches the rows of the test split, of each {@code test} and of the {@code forgetting} suite in the training rows.
     * {@code maxOverlap:} bounds the share of a set's rows that share a sequence of words with a training row. {@code
     * ngram:} is the length of the sequence; 13 by default. The membership signal says how often a row of the exam is
     * more familiar to the model than a validation row: 0.5 is no signal. {@code maxMembership:} bounds it for the tuned
     * model, but not on the suite. Without {@code maxOverlap:}, a set with an overlap is INCONCLUSIVE.
     */
    @Example("contamination maxOverlap: 1.percent")
    public void contamination(
            @Option @Example("1.percent") @Nullable Percent maxOverlap,
            @Option @Example("0.65") @Nullable Double maxMembership,
            @Option @Example("13") @Nullable Integer ngram) {
        checks.contamination(maxOverlap, maxMembership, ngram);
    }

    /**
     * Asks the model again about each test row whose prompt has a term, with the terms swapped: each term becomes its
     * counterpart, and the counterpart becomes the term. A file has one pair in each line, with a comma between the terms.
     * An answer flips if it is another answer after its terms are swapped back. {@code maxFlip:} bounds the share of rows
     * that flip. {@code maxGap:} bounds how much each metric may differ, as a part of its score on the unchanged rows. A
     * row with a term of two pairs is left out.
     */
    @Example("fairness he: 'she', man: 'woman', maxFlip: 5.percent, maxGap: 2.percent")
    public void fairness(
            @PathTo(PathTo.Place.WORDS) @Example("'data/pairs.csv'") @Nullable String file,
            @Option @Example("5.percent") @Nullable Percent maxFlip,
            @Option @Example("2.percent") @Nullable Percent maxGap,
            @Option @Example("'she'") @Nullable Map<String, String> pairs) {
        checks.fairness(file, maxFlip, maxGap, pairs);
    }

    /**
     * Compares each sentence of the answers with the row's context. A sentence is unsupported if a number or a name
     * (a capitalised word) in it is not in the context. The context is the column {@code context:} that {@code keep} of
     * {@code prepare} names, or the part of the prompt between {@code begin:} and {@code end:}, or the whole prompt.
     * {@code maxUnsupported:} bounds the share of unsupported sentences. {@code samples:} also draws answers, and
     * {@code minConsistency:} bounds how similar they are to the answer. {@code judge:} names models that say for each
     * sentence whether the context supports it, contradicts it or does not mention it; {@code maxUnsupported:} then also
     * bounds the share of sentences that it does not support. The contexts and the answers leave for the judge's service.
     * The other options are those of the metric {@code judge}; a line of {@code labels:} has context, sentence and verdict.
     */
    @Example("grounding begin: 'Context:', end: 'Question:', maxUnsupported: 5.percent")
    public void grounding(
            @Option @Example("'document'") @Nullable String context,
            @Option @Example("'Context:'") @Nullable String begin,
            @Option @Example("'Question:'") @Nullable String end,
            @Option @Example("5.percent") @Nullable Percent maxUnsupported,
            @Option @Example("3") @Nullable Integer samples,
            @Option @Example("70.percent") @Nullable Percent minConsistency,
            @Option @Example("openai(endpoint: 'lab', model: 'gpt-4o-mini')") @Nullable
                    List<GenerateSpec.Teacher> judge,
            @Option @Example("200.thousand") @Nullable Long tokens,
            @Option @Example("5.0") @Nullable Double cost,
            @Option @PathTo(PathTo.Place.DATA) @Example("'data/verdicts.jsonl'") @Nullable String labels,
            @Option @Example("60") @Nullable Integer requestsPerMinute,
            @Option @Example("8") @Nullable Integer concurrency,
            @Option @Example("5.percent") @Nullable Percent unmeasured) {
        checks.grounding(new GroundingSpec(
                context,
                begin,
                end,
                CheckWords.fraction(maxUnsupported),
                samples,
                CheckWords.fraction(minConsistency),
                CheckWords.judges(judge, tokens, cost, labels, requestsPerMinute, concurrency, unmeasured)));
    }

    /**
     * Questions that the model cannot answer. {@code minAbstain:} bounds the share of answers that abstain, such as "I do
     * not know". Septet knows phrases of several languages; {@code phrases:} adds others. The answers of the file are not
     * read.
     */
    @Example("unanswerable 'data/unanswerable.jsonl', minAbstain: 90.percent")
    public void unanswerable(
            @PathTo(PathTo.Place.DATA) @Example("'data/unanswerable.jsonl'") String file,
            @Option @Example("90.percent") @Nullable Percent minAbstain,
            @Option @Example("['ask a person']") @Nullable List<String> phrases) {
        checks.unanswerable(file, minAbstain, phrases);
    }

    /**
     * Groups the rows of the test split that the tuned model fails, and names each cluster by words that are common in it
     * and rare elsewhere. The hidden states of the base model behind decoder layer {@code layer:} are compared; by
     * default, the middle one. {@code max:} is the largest number of clusters; 8 by default. {@code on:} names the metric
     * or score that says which rows fail; by default, the first metric. A row fails if its score is worse than {@code
     * bound:}, or if it is in the {@code worst:} share of the rows. Without both, a score from 0 to 1 that is
     * better when larger fails below 0.5, and of any other score the worst 10 % fail. The report requests rows for each
     * cluster.
     */
    @Example("errorClusters max: 8")
    public void errorClusters(
            @Option @Example("8") @Nullable Integer max,
            @Option @Example("'exactMatch'") @Nullable String on,
            @Option @Example("0.5") @Nullable Double bound,
            @Option @Example("10.percent") @Nullable Percent worst,
            @Option @Example("16") @Nullable Integer layer) {
        checks.errorClusters(new ErrorClustersSpec(max, on, bound, CheckWords.fraction(worst), layer));
    }

    /**
     * Checks the safety of the tuned model's answers: by a guard model, by rules, by refusals of harmful and of harmless
     * prompts, and by prompts in disguise. The answers are those to the test split and to a file of prompts.
     */
    @Example("safety { guard model('models/guard'); maxUnsafe 1.percent }")
    public void safety(Consumer<SafetyDsl> words) {
        safety = SafetyDsl.spec(words);
    }

    /** The largest number of rows of the test split to evaluate; 0 = all. */
    @Example("limit 200")
    public void limit(@Example("200") int rows) {
        Refusal.unless(rows >= 0, "limit must be at least 0, got %s", rows);
        limit = rows;
    }

    /** The largest number of tokens in an answer. At least 1. */
    @Example("maxNewTokens 64")
    public void maxNewTokens(@Example("64") int count) {
        Refusal.unless(count >= 1, "maxNewTokens must be at least 1, got %s", count);
        maxNewTokens = count;
    }

    /** The number of sample answers in the report, each before and after training. At least 0. */
    @Example("samples 4")
    public void samples(@Example("4") int count) {
        Refusal.unless(count >= 0, "samples must be at least 0, got %s", count);
        samples = count;
    }

    EvaluateSpec spec() {
        return new EvaluateSpec(
                measures.metrics().isEmpty() ? EvaluateSpec.DEFAULT.metrics() : measures.metrics(),
                measures.scores(),
                measures.compare(),
                measures.champion(),
                forgetting,
                limit,
                maxNewTokens,
                samples,
                measures.slices(),
                tests,
                benchmarks,
                checks.spec(),
                safety,
                measures.retrieval(),
                policy());
    }
}
