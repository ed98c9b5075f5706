package dev.septet.dsl.pipeline;

import static dev.septet.dsl.pipeline.Checks.require;

import java.time.Duration;

/**
 * How often and how long a stage may try; but for {@code attempts} it maps one to one to Temporal's
 * activity options.
 *
 * @param timeout start-to-close of one attempt
 * @param heartbeat how long a worker may stay silent before the attempt is given to another
 * @param attempts at most this many tries in a row without progress, the first included; 0 = no
 *     limit. A new checkpoint is progress; shutdowns and waiting for space or the store do not
 *     count
 * @param backoff wait before the second try
 * @param factor growth of the wait from try to try, at least 1
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

    /** The same without a limit: who is half in must get out again, however long that takes. */
    public StagePolicy endless() {
        return new StagePolicy(timeout, heartbeat, 0, backoff, factor);
    }

    /** The policy of a stage whose file says nothing but, perhaps, its time limit. */
    public static StagePolicy within(Duration timeout) {
        return new StagePolicy(timeout, DEFAULT_HEARTBEAT, DEFAULT_ATTEMPTS, DEFAULT_BACKOFF, DEFAULT_FACTOR);
    }
}
