package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline file writes in parentheses behind a metric. Each component belongs to one metric or to a few, and is
 * null for the others.
 *
 * @param schema of {@code json}: path of a JSON schema
 * @param schemaText of {@code json}: the content of that file; null in a pipeline's spec, because a worker reads the file
 * @param pattern of {@code regex}: the regular expression that an answer must contain
 * @param tolerance of {@code numericAnswer}: the largest accepted difference
 * @param layer of {@code similarity}: the decoder layer whose outputs are compared, from 1
 * @param k of {@code passAt} and {@code passAll}: how many samples a user takes
 * @param samples of the same: how many samples the estimate is made from
 * @param temperature of the same: the temperature of the samples
 * @param by of the same: the metric that says whether a sample passes
 * @param judge of {@code judge} and {@code winRate}: the models that judge answers, and their rubric
 * @param votes of {@code humanWinRate}: the votes of people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MetricArguments(
        @Nullable String schema,
        @Nullable String schemaText,
        @Nullable String pattern,
        @Nullable Double tolerance,
        @Nullable Integer layer,
        @Nullable Integer k,
        @Nullable Integer samples,
        @Nullable Double temperature,
        @Nullable String by,
        @Nullable JudgeSpec judge,
        @Nullable VotesSpec votes) {
    /** The longest pattern in characters. */
    public static final int LONGEST_PATTERN = 1000;

    /** The largest number of samples for each row. */
    public static final int MOST_SAMPLES = 64;

    public static final double DEFAULT_TEMPERATURE = 0.8;

    /** Metrics that can say whether one sample passes: a row's score is 0 or 1, and needs no arguments. */
    public static final List<String> CRITERIA =
            List.of("exactMatch", "squadExactMatch", "numericAnswer", "toolCalls", "json");

    public MetricArguments {
        require(schema == null || !schema.isBlank(), "schema: needs a path");
        require(
                pattern == null || (!pattern.isEmpty() && pattern.length() <= LONGEST_PATTERN),
                "the pattern must have 1 to %s characters",
                LONGEST_PATTERN);
        require(
                tolerance == null || (tolerance >= 0 && Double.isFinite(tolerance)),
                "tolerance: must be at least 0, got %s",
                tolerance);
        require(layer == null || layer >= 1, "layer: must be at least 1, got %s", layer);
        if (k != null) {
            int all = samples == null ? k : samples;
            require(k >= 1, "the number of samples must be at least 1, got %s", k);
            require(all >= k && all <= MOST_SAMPLES, "samples: must be from %s to %s, got %s", k, MOST_SAMPLES, all);
            require(
                    temperature == null || (temperature > 0 && temperature <= 2),
                    "temperature: must be above 0 and at most 2, got %s",
                    temperature);
            require(
                    by == null || CRITERIA.contains(by),
                    "by: takes one of %s, got '%s'",
                    String.join(", ", CRITERIA),
                    by);
        }
    }

    /** Of {@code json}. */
    public static MetricArguments schema(String path) {
        return new MetricArguments(path, null, null, null, null, null, null, null, null, null, null);
    }

    /** Of {@code regex}. */
    public static MetricArguments pattern(String pattern) {
        return new MetricArguments(null, null, pattern, null, null, null, null, null, null, null, null);
    }

    /** Of {@code numericAnswer}. */
    public static MetricArguments tolerance(double largest) {
        return new MetricArguments(null, null, null, largest, null, null, null, null, null, null, null);
    }

    /** Of {@code similarity}. */
    public static MetricArguments layer(int layer) {
        return new MetricArguments(null, null, null, null, layer, null, null, null, null, null, null);
    }

    /** Of {@code passAt} and {@code passAll}. */
    public static MetricArguments samples(int k, int samples, double temperature, String by) {
        return new MetricArguments(null, null, null, null, null, k, samples, temperature, by, null, null);
    }

    /** Of {@code judge} and {@code winRate}. */
    public static MetricArguments judge(JudgeSpec judge) {
        return new MetricArguments(null, null, null, null, null, null, null, null, null, judge, null);
    }

    /** Of {@code humanWinRate}. */
    public static MetricArguments votes(VotesSpec votes) {
        return new MetricArguments(null, null, null, null, null, null, null, null, null, null, votes);
    }

    /** The same with the content of the schema's file. */
    public MetricArguments withSchemaText(String text) {
        return new MetricArguments(schema, text, pattern, tolerance, layer, k, samples, temperature, by, judge, votes);
    }

    /** Whether these are arguments of the metric with this name. */
    static boolean fit(String metric, @Nullable MetricArguments given) {
        MetricArguments all = Objects.requireNonNullElse(given, NONE);
        boolean sampled = metric.equals("passAt") || metric.equals("passAll");
        return (all.schema == null || metric.equals("json"))
                && (all.pattern != null) == metric.equals("regex")
                && (all.tolerance == null || metric.equals("numericAnswer"))
                && (all.layer != null) == metric.equals("similarity")
                && (all.k != null) == sampled
                && (all.samples != null) == sampled
                && (all.temperature != null) == sampled
                && (all.by != null) == sampled
                && (all.votes != null) == metric.equals(MetricSpec.HUMAN_WIN_RATE)
                && fits(metric, all.judge);
    }

    private static boolean fits(String metric, @Nullable JudgeSpec judge) {
        return switch (metric) {
            case "judge" -> judge != null && judge.scale() != null;
            case MetricSpec.WIN_RATE -> judge != null && judge.against() != null;
            default -> judge == null;
        };
    }

    private static final MetricArguments NONE =
            new MetricArguments(null, null, null, null, null, null, null, null, null, null, null);
}
