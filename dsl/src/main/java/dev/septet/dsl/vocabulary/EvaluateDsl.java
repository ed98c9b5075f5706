package dev.septet.dsl.vocabulary;

import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.dsl.vocabulary.safety.SafetyDsl;
import dev.septet.dsl.vocabulary.value.ComparisonBaseline;
import dev.septet.dsl.vocabulary.word.EnumName;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Repeatable;
import dev.septet.dsl.vocabulary.word.RowExpression;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Evaluation: what the tuned model must reach on the test split before it is deployed. */
public final class EvaluateDsl extends StageDsl {
    private final List<MetricSpec> metrics = new ArrayList<>();
    private final List<ScoreSpec> scores = new ArrayList<>();
    private @Nullable CompareSpec compare;
    private @Nullable CompareSpec champion;
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
        MetricSpec metric = MetricName.spec(name, above, below);
        double max = MetricName.most(name);
        Refusal.unless(
                metrics.stream().noneMatch(m -> m.name().equals(metric.name())),
                "metric %s is already set",
                metric.name());
        Double wrong = metric.lowerIsBetter() ? above : below;
        if (wrong != null) {
            throw new Refusal(
                    "a %s %s is better".formatted(metric.lowerIsBetter() ? "smaller" : "larger", metric.name()),
                    "Bound it with `%s:`.".formatted(metric.lowerIsBetter() ? "below" : "above"));
        }
        Refusal.unless(
                above == null || (above >= 0 && above < max),
                "metric above: of %s must be from 0 to below %s, got %s",
                metric.name(),
                Double.isFinite(max) ? LiteralText.of(max) : "any number", // a jar's metric may have no limit
                LiteralText.of(above == null ? 0 : above));
        Refusal.unless(
                below == null || below > 0,
                "metric below: must be above 0, got %s",
                LiteralText.of(below == null ? 0 : below));
        metrics.add(metric);
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
        Refusal.unless(scores.stream().noneMatch(s -> s.name().equals(name)), "score '%s' is already set", name);
        scores.add(new ScoreSpec(name, above, below, expression));
    }

    /** Compares every metric with another model's. Each metric may be worse by at most the tolerance. */
    @Repeatable
    @Example("compare baseline, tolerance: 1.percent")
    public void compare(ComparisonBaseline reference, @Option @Example("1.percent") @Nullable Percent tolerance) {
        Refusal.unless(
                (reference == ComparisonBaseline.BASELINE ? compare : champion) == null,
                "compare %s is already set",
                EnumName.of(reference));
        var spec = new CompareSpec(tolerance == null ? CompareSpec.DEFAULT_TOLERANCE : tolerance.fraction());
        if (reference == ComparisonBaseline.BASELINE) {
            compare = spec;
        } else {
            champion = spec;
        }
    }

    /** Limits forgetting: how much the loss on a suite of general skills may rise. */
    @Example("forgetting suite: 'data/general.jsonl', maxDrop: 5.percent")
    public void forgetting(
            @Option @PathTo(PathTo.Place.DATA) @Example("'data/general.jsonl'") String suite,
            @Option @Example("5.percent") Percent maxDrop) {
        forgetting = new ForgettingSpec(suite, maxDrop.fraction());
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
                metrics.isEmpty() ? EvaluateSpec.DEFAULT.metrics() : metrics,
                scores,
                compare,
                champion,
                forgetting,
                limit,
                maxNewTokens,
                samples,
                safety,
                policy());
    }
}
