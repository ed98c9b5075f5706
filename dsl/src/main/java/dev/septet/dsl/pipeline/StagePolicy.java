package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import java.time.Duration;

/**
 * The retry policy and the time limits of a stage. Except {@code attempts}, each value maps to one of Temporal's
 * activity options.
 *
 * @param timeout start-to-close timeout of one attempt
 * @param heartbeat how long a worker may send no heartbeat before another worker takes over the attempt
 * @param attempts the largest number of attempts in a row without progress, the first included; 0 = no limit. A new
 *     checkpoint is progress. Shutdowns and waits for disk space or for the store do not count
 * @param backoff wait before the second attempt
 * @param factor growth of the wait from attempt to attempt, at least 1
 */
public record StagePolicy(Duration timeout, Duration heartbeat, int attempts, Duration backoff, double factor) {
    public static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(30);
    public static final int DEFAULT_ATTEMPTS = 10;
    public static final Duration DEFAULT_BACKOFF = Duration.ofSeconds(1);
    public static final double DEFAULT_FACTOR = 2.0;

    public StagePolicy {
        require(timeout.toMillis() > 0, "timeout must be positive, got %s", timeout);
        require(heartbeat.toMillis() >= 1000, "heartbeat must be at least 1.seconds");
        require(attempts >= 0, "attempts must be at least 0, got %s", attempts);
        require(backoff.toMillis() > 0, "backoff must be positive, got %s", backoff);
        require(factor >= 1.0, "factor must be at least 1, got %s", factor);
    }

    /** The same policy without a limit of attempts, for work that must complete once it has begun. */
    public StagePolicy endless() {
        return new StagePolicy(timeout, heartbeat, 0, backoff, factor);
    }

    /** The default policy with this timeout. */
    public static StagePolicy within(Duration timeout) {
        return new StagePolicy(timeout, DEFAULT_HEARTBEAT, DEFAULT_ATTEMPTS, DEFAULT_BACKOFF, DEFAULT_FACTOR);
    }
}
