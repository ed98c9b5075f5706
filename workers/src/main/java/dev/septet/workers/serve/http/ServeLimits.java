package dev.septet.workers.serve.http;

import dev.septet.workers.serve.openai.RequestLimits;

import java.time.Duration;

/**
 * How much a server takes on.
 *
 * @param request what one request may ask for
 * @param running answers that are written at once
 * @param queued answers that wait for their turn; more are refused
 * @param connections open at once; more wait to be accepted
 * @param perMinute requests of one key, or of one address where no keys are needed; 0 = no limit
 * @param receive how long a request may take to arrive
 * @param answer how long it may take to be answered, waiting included
 * @param grace how long streams may go on when the server ends
 */
public record ServeLimits(
        RequestLimits request,
        int running,
        int queued,
        int connections,
        int perMinute,
        Duration receive,
        Duration answer,
        Duration grace) {
    public static final ServeLimits DEFAULT =
            new ServeLimits(
                    RequestLimits.DEFAULT,
                    8,
                    64,
                    512,
                    0,
                    Duration.ofSeconds(15),
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(30));

    /** The same for callers who may ask so often. */
    public ServeLimits perMinute(int requests) {
        return new ServeLimits(
                request, running, queued, connections, requests, receive, answer, grace);
    }
}
