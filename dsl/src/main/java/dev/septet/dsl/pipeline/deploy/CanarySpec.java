package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A canary deployment: a new model serves a share of the requests first. It then serves all requests if it was no worse
 * than the old model in the same time.
 *
 * @param share fraction of the requests that the new model answers, above 0, at most 0.5
 * @param hold how long the new model serves this share
 * @param minRequests answers of the new model that a decision requires; with fewer, the hold is extended once, and
 *     after that the old model stays
 * @param maxErrors by how much its rate of failed requests may exceed the old model's: 0.02 = two more of a hundred
 *     requests
 * @param maxRefusals by how much its rate of refused answers may exceed the old model's
 * @param maxNegative by how much its rate of negative feedback may exceed the old model's
 * @param maxSlower by how much its median response time may exceed the old model's, as a fraction of that time: 1 =
 *     twice as long
 * @param maxLengthChange by how much its median answer may be longer or shorter than the old model's: 2 = three times
 *     as long, or a third
 * @param probe file of rows, relative to the pipeline file's folder, that both models answer through their server; the
 *     new model may not score lower. Null = none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CanarySpec(
        double share,
        Duration hold,
        int minRequests,
        double maxErrors,
        double maxRefusals,
        double maxNegative,
        double maxSlower,
        double maxLengthChange,
        @Nullable String probe) {
    public static final Duration DEFAULT_HOLD = Duration.ofMinutes(30);
    public static final int DEFAULT_MIN_REQUESTS = 50;
    public static final double DEFAULT_MAX_ERRORS = 0.02;
    public static final double DEFAULT_MAX_REFUSALS = 0.05;
    public static final double DEFAULT_MAX_NEGATIVE = 0.10;
    public static final double DEFAULT_MAX_SLOWER = 1.0;
    public static final double DEFAULT_MAX_LENGTH_CHANGE = 2.0;
    private static final double MAX = 100;

    public CanarySpec {
        require(share > 0 && share <= 0.5, "canary takes a share above 0.percent and at most 50.percent");
        require(hold.toMillis() >= 1000, "hold: must be at least 1.seconds");
        require(minRequests >= 1, "minRequests: must be at least 1, got %s", minRequests);
        require(maxErrors >= 0 && maxErrors <= 1, "maxErrors: must be from 0 to 100.percent");
        require(maxRefusals >= 0 && maxRefusals <= 1, "maxRefusals: must be from 0 to 100.percent");
        require(maxNegative >= 0 && maxNegative <= 1, "maxNegative: must be from 0 to 100.percent");
        require(maxSlower >= 0 && maxSlower <= MAX, "maxSlower: must be from 0 to 10000.percent");
        require(maxLengthChange >= 0 && maxLengthChange <= MAX, "maxLengthChange: must be from 0 to 10000.percent");
        require(probe == null || !probe.isBlank(), "probe: must name a file of rows");
    }

    /** A canary without a probe. */
    public CanarySpec(
            double share,
            Duration hold,
            int minRequests,
            double maxErrors,
            double maxRefusals,
            double maxNegative,
            double maxSlower,
            double maxLengthChange) {
        this(share, hold, minRequests, maxErrors, maxRefusals, maxNegative, maxSlower, maxLengthChange, null);
    }
}
