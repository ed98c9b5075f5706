package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Groups the rows of the test split that the tuned model fails by the hidden states of the base model.
 *
 * @param max the largest number of clusters; null for the default
 * @param on name of the metric or score that says which rows fail; null for the first metric
 * @param bound a row fails if its score is worse than this; null when {@code worst} or the default decides
 * @param worst the share of rows with the worst scores that fail; null when {@code bound} or the default decides
 * @param layer the decoder layer whose hidden states are compared, from 1; null for the middle one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ErrorClustersSpec(
        @Nullable Integer max,
        @Nullable String on,
        @Nullable Double bound,
        @Nullable Double worst,
        @Nullable Integer layer) {
    public static final int DEFAULT_MAX = 8;

    /** A score from 0 to 1 fails below this. */
    public static final double DEFAULT_BOUND = 0.5;

    /** The share of rows that fail where a score has no range. */
    public static final double DEFAULT_WORST = 0.1;

    private static final int LEAST = 2;
    private static final int MOST = 32;

    public ErrorClustersSpec {
        require(
                max == null || (max >= LEAST && max <= MOST),
                "errorClusters max: must be from %s to %s clusters, got %s",
                LEAST,
                MOST,
                max);
        require(
                bound == null || worst == null,
                "errorClusters takes bound: or worst:, not both: each of them says which rows fail");
        require(bound == null || Double.isFinite(bound), "errorClusters bound: must be a number");
        require(
                worst == null || (worst > 0 && worst < 1),
                "errorClusters worst: must be above 0 and below 100.percent");
        require(layer == null || layer >= 1, "errorClusters layer: must be at least 1, got %s", layer);
    }

    /** The largest number of clusters. */
    public int most() {
        return max == null ? DEFAULT_MAX : max;
    }
}
