package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.RowNamesSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A named set of test rows beside the test split.
 *
 * @param name its name in scores and reports; letters, digits, {@code -} and {@code _}, at most 64 characters
 * @param path path of a dataset
 * @param format the format of its rows
 * @param names the names that the file uses instead of those of its format; null for none
 * @param metrics the metrics of this set; empty for those of {@code evaluate}
 * @param scores the custom scores of this set
 * @param compare comparison with the base model; null for the one of {@code evaluate}, if it has one
 * @param champion comparison with the deployed model; null for the one of {@code evaluate}, if it has one
 * @param slices slices of this set
 * @param limit the largest number of rows to use, from the first row on; null for all
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TestSetSpec(
        String name,
        String path,
        DatasetFormat format,
        @Nullable RowNamesSpec names,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<MetricSpec> metrics,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ScoreSpec> scores,
        @Nullable CompareSpec compare,
        @Nullable CompareSpec champion,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<SliceSpec> slices,
        @Nullable Integer limit) {
    /** The gate decides nothing on fewer rows. */
    public static final int MINIMUM_ROWS = 8;

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}";

    public TestSetSpec {
        metrics = Checks.orEmpty(metrics);
        scores = Checks.orEmpty(scores);
        slices = Checks.orEmpty(slices);
        require(
                isName(name),
                "name: of a test set has letters, digits, '-' and '_', at most 64 of them, got '%s'",
                name);
        require(!path.isBlank(), "test needs a path");
        for (MetricSpec metric : metrics) {
            require(
                    scores.stream().noneMatch(score -> score.name().equals(metric.name())),
                    "%s is already the name of a metric",
                    metric.name());
        }
        require(
                limit == null || limit >= MINIMUM_ROWS,
                "limit of a test set must be at least %s, because fewer rows decide nothing, got %s",
                MINIMUM_ROWS,
                limit);
        Optional<String> unknown = RowNamesSpec.unknown(names, format);
        require(
                unknown.isEmpty(),
                "columns names the field '%s', which the format %s does not have",
                unknown.orElse(""),
                format.name().toLowerCase(Locale.ROOT));
    }

    /** Whether a text may name a set. */
    public static boolean isName(String text) {
        return text.matches(NAME);
    }

    /** The same set with other metrics. */
    public TestSetSpec with(List<MetricSpec> others) {
        return new TestSetSpec(name, path, format, names, others, scores, compare, champion, slices, limit);
    }

    /** What decides how the file's rows are read, for digests. */
    public Reading reading() {
        return new Reading(format, names);
    }

    /** How the rows of a file are read. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Reading(DatasetFormat format, @Nullable RowNamesSpec names) {}

    /** Whether the rows are read as those of any dataset, so that the file alone tells what they are. */
    public boolean plain() {
        return format == DatasetFormat.AUTO && names == null;
    }

    /** The metrics of this set, or those of {@code evaluate} if the set has neither metrics nor scores. */
    List<MetricSpec> measured(List<MetricSpec> all) {
        if (metrics.isEmpty()) {
            return scores.isEmpty() ? all : EvaluateSpec.DEFAULT.metrics();
        }
        return metrics;
    }

    /** The scores of this set, or those of {@code evaluate} if the set has neither metrics nor scores. */
    List<ScoreSpec> scored(List<ScoreSpec> all) {
        return metrics.isEmpty() && scores.isEmpty() ? all : scores;
    }
}
