package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A benchmark in a task file of lm-evaluation-harness.
 *
 * @param file path of the task file
 * @param metric name of the metric that the gate judges, such as {@code acc_norm} or {@code exact_match,strict-match}; null =
 *     the first one of the file
 * @param above the metric must be above this; null = no lower bound
 * @param below the metric must be below this; null = no upper bound
 * @param fewShot the number of solved rows before each question; null = that of the file
 * @param limit the largest number of rows of each task to ask; null = all
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BenchmarkSpec(
        String file,
        @Nullable String metric,
        @Nullable Double above,
        @Nullable Double below,
        @Nullable Integer fewShot,
        @Nullable Integer limit) {
    /** The largest number of solved rows. */
    public static final int MOST_SHOTS = 1000;

    public BenchmarkSpec {
        require(!file.isBlank(), "benchmark needs the path of a task file");
        require(metric == null || !metric.isBlank(), "metric: of a benchmark needs a name");
        require(
                above == null || below == null || above < below,
                "above: of a benchmark must be smaller than its below:");
        require(
                fewShot == null || (fewShot >= 0 && fewShot <= MOST_SHOTS),
                "fewShot: must be from 0 to %s, got %s",
                MOST_SHOTS,
                fewShot);
        require(limit == null || limit >= 1, "limit: of a benchmark must be at least 1, got %s", limit);
    }

    /** Whether two words would give one score under one name. */
    public boolean same(BenchmarkSpec other) {
        return file.equals(other.file)
                && Objects.equals(metric, other.metric)
                && Objects.equals(fewShot, other.fewShot);
    }
}
