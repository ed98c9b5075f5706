package dev.septet.dsl.vocabulary.exam;

import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.RowNamesSpec;
import dev.septet.dsl.vocabulary.ExtensibleChoice;
import dev.septet.dsl.vocabulary.MetricName;
import dev.septet.dsl.vocabulary.value.ComparisonBaseline;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Repeatable;
import dev.septet.dsl.vocabulary.word.RowExpression;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A named set of test rows. A block without metrics and scores has those of {@code evaluate}, with their bounds.
 * Comparisons of {@code evaluate} also hold for the set.
 */
public final class TestSetDsl implements MetricValues {
    private final MeasureWords measures = new MeasureWords();
    private Map<String, String> columns = Map.of();
    private Map<String, String> roles = Map.of();
    private @Nullable Integer limit;

    private TestSetDsl() {}

    /** A metric to compute on this set, and the bound that it must meet for the model to pass. */
    @Repeatable
    @Example("metric exactMatch, above: 0.9")
    public void metric(
            ExtensibleChoice<MetricName> name,
            @Option @Example("0.9") @Nullable Double above,
            @Option @Example("12.0") @Nullable Double below) {
        measures.metric(name, above, below);
    }

    /** A custom score of this set: the mean of an expression over its rows, with bounds like any metric. */
    @Repeatable
    @Example("score('short', above: 0.9) { row.answer.length() < 200 }")
    public void score(
            @Example("'short'") String name,
            @Option @Example("0.9") @Nullable Double above,
            @Option @Example("0.1") @Nullable Double below,
            @RowExpression(
                            value = RequiredResult.SCORE,
                            fields = {"prompt", "answer", "expected"})
                    @Example("{ row.answer.length() < 200 }")
                    ExpressionSpec expression) {
        measures.score(name, above, below, expression);
    }

    /** Compares every metric of this set with another model's. Each metric may be worse by at most the tolerance. */
    @Repeatable
    @Example("compare baseline, tolerance: 1.percent")
    public void compare(ComparisonBaseline reference, @Option @Example("1.percent") @Nullable Percent tolerance) {
        measures.compare(reference, tolerance);
    }

    /** Scores the slices of this set, as {@code slices} does for the test split. The file has the column, or {@code from:} names a file of error clusters. */
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

    /** The largest number of rows of this set to evaluate, from the first row on. At least 8; all rows by default. */
    @Example("limit 500")
    public void limit(@Example("500") int rows) {
        Refusal.unless(
                rows >= TestSetSpec.MINIMUM_ROWS,
                "limit of a test set must be at least %s, because fewer rows decide nothing, got %s",
                TestSetSpec.MINIMUM_ROWS,
                rows);
        limit = rows;
    }

    /**
     * The file's names for the fields of its format: {@code columns prompt: 'question'} reads {@code question} as
     * {@code prompt}.
     */
    @Example("columns prompt: 'question', completion: 'answer'")
    public void columns(@Option @Example("'question'") Map<String, String> fields) {
        columns = new RowNamesSpec(fields, Map.of()).columns();
    }

    /** The words for roles in rows of the format {@code sharegpt}, in addition to the usual ones. */
    @Example("roles user: 'customer', assistant: 'agent'")
    public void roles(@Option @Example("'customer'") Map<String, String> words) {
        roles = new RowNamesSpec(Map.of(), words).roles();
    }

    /**
     * The set that a word and its block declare.
     *
     * @param words null for a set without a block
     */
    public static TestSetSpec spec(
            String name, String path, @Nullable DatasetFormat format, @Nullable Consumer<TestSetDsl> words) {
        TestSetDsl dsl = new TestSetDsl();
        if (words != null) {
            words.accept(dsl);
        }
        return new TestSetSpec(
                name,
                path,
                format == null ? DatasetFormat.AUTO : format,
                dsl.columns.isEmpty() && dsl.roles.isEmpty() ? null : new RowNamesSpec(dsl.columns, dsl.roles),
                dsl.measures.metrics(),
                dsl.measures.scores(),
                dsl.measures.compare(),
                dsl.measures.champion(),
                dsl.measures.slices(),
                dsl.limit);
    }
}
