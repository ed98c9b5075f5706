package dev.septet.activities.endpoint;

import java.time.Duration;

/** The time, and waits between requests; a test does not wait. */
@FunctionalInterface
public interface RequestClock {
    /** Real time. */
    RequestClock REAL = time -> Thread.sleep(time.toMillis());

    /** The most requests for one answer. */
    int TRIES = 6;

    /** The last request for an answer begins before this, and takes 5 minutes at most: less than a silent activity may take. */
    Duration LONGEST_ANSWER = Duration.ofMinutes(20);

    /** Waits this long. */
    void pause(Duration time) throws InterruptedException;

    /** A clock, in nanoseconds. */
    default long nanos() {
        return System.nanoTime();
    }

    /**
     * The wait before a request is repeated: as long as the service asks, else 1 second, then twice as long each time; at most
     * a minute.
     *
     * @param tries the number of requests so far
     */
    static Duration waitAfter(EndpointClient.Failure failure, int tries) {
        Duration asked = failure.retryAfter();
        Duration wait = asked == null ? Duration.ofSeconds(1).multipliedBy(1L << (tries - 1)) : asked;
        Duration longest = Duration.ofMinutes(1);
        return wait.compareTo(longest) > 0 ? longest : wait;
    }
}
