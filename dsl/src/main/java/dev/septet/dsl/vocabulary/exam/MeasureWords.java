package dev.septet.dsl.vocabulary.exam;

import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.dsl.pipeline.evaluate.ScoreSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.dsl.vocabulary.ExtensibleChoice;
import dev.septet.dsl.vocabulary.MetricName;
import dev.septet.dsl.vocabulary.value.ComparisonBaseline;
import dev.septet.dsl.vocabulary.word.EnumName;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is measured on one set of test rows. The words are the same for the test split and for a named set. */
public final class MeasureWords {
    private final List<MetricSpec> metrics = new ArrayList<>();
    private final List<ScoreSpec> scores = new ArrayList<>();
    private final List<SliceSpec> slices = new ArrayList<>();
    private @Nullable CompareSpec compare;
    private @Nullable CompareSpec champion;

    /** Adds a metric, and checks that its bounds are possible. */
    public void metric(ExtensibleChoice<MetricName> name, @Nullable Double above, @Nullable Double below) {
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

    /** Adds a custom score. */
    public void score(String name, @Nullable Double above, @Nullable Double below, ExpressionSpec expression) {
        Refusal.unless(scores.stream().noneMatch(s -> s.name().equals(name)), "score '%s' is already set", name);
        scores.add(new ScoreSpec(name, above, below, expression));
    }

    /** Sets a comparison with another model. */
    public void compare(ComparisonBaseline reference, @Nullable Percent tolerance) {
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

    /** Adds slices. */
    public void slices(
            String by,
            @Nullable Percent maxGap,
            @Nullable String on,
            SliceSpec.@Nullable Period every,
            @Nullable Integer minRows,
            @Nullable String from) {
        Refusal.unless(slices.stream().noneMatch(s -> s.by().equals(by)), "slices by: '%s' is already set", by);
        slices.add(new SliceSpec(by, maxGap == null ? null : maxGap.fraction(), on, every, minRows, from));
    }

    /** The metrics, in the order of the file. */
    public List<MetricSpec> metrics() {
        return metrics;
    }

    /** The custom scores, in the order of the file. */
    public List<ScoreSpec> scores() {
        return scores;
    }

    /** The slices, in the order of the file. */
    public List<SliceSpec> slices() {
        return slices;
    }

    /** The comparison with the base model; null for none. */
    public @Nullable CompareSpec compare() {
        return compare;
    }

    /** The comparison with the deployed model; null for none. */
    public @Nullable CompareSpec champion() {
        return champion;
    }
}
