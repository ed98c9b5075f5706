package dev.septet.activities.evaluate.benchmark;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A model's response to a {@link BenchmarkRequest}.
 *
 * @param logLikelihood sum of the tokens' natural log-probabilities; null of a generated answer
 * @param greedy whether each token was the most probable one; null of a generated answer
 * @param text the generated answer; null where none was asked for, or where the model's numbers are not finite
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BenchmarkResponse(
        @Nullable Double logLikelihood,
        @Nullable Boolean greedy,
        @Nullable String text) {
    /** The response to a request for a log-probability. */
    public static BenchmarkResponse of(double logLikelihood, boolean greedy) {
        return new BenchmarkResponse(logLikelihood, greedy, null);
    }

    /** NaN where there is none. */
    double number() {
        return logLikelihood == null ? Double.NaN : logLikelihood;
    }

    boolean isGreedy() {
        return Boolean.TRUE.equals(greedy);
    }
}
