package dev.septet.workers.serve.http;

import dev.septet.workers.serve.openai.RequestLimits;
import java.time.Duration;

/**
 * How much a server takes on.
 *
 * @param request what one request may ask for
 * @param running answers that are written at once
 * @param queued answers that wait for their turn; more are refused
 * @param bytes of request bodies that are held at once
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
        long bytes,
        int connections,
        int perMinute,
        Duration receive,
        Duration answer,
        Duration grace) {
    public static final ServeLimits DEFAULT = new ServeLimits(
            RequestLimits.DEFAULT,
            8,
            64,
            memory(RequestLimits.DEFAULT),
            512,
            0,
            Duration.ofSeconds(15),
            Duration.ofMinutes(10),
            Duration.ofSeconds(30));

    /** A body takes some four times its size until its answer is complete. */
    private static final int SHARE_OF_HEAP = 32;

    private static final long MOST_BYTES = 64L << 20;

    /** With as many bytes of requests at once as this process has memory for. */
    public ServeLimits(
            RequestLimits request,
            int running,
            int queued,
            int connections,
            int perMinute,
            Duration receive,
            Duration answer,
            Duration grace) {
        this(request, running, queued, memory(request), connections, perMinute, receive, answer, grace);
    }

    private static long memory(RequestLimits request) {
        long share = Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
        return Math.max(4L * request.bytes(), share);
    }

    /** The same with room for this many bytes of requests. */
    public ServeLimits holding(long most) {
        return new ServeLimits(request, running, queued, most, connections, perMinute, receive, answer, grace);
    }

    /** The same for callers who may ask so often. */
    public ServeLimits perMinute(int requests) {
        return new ServeLimits(request, running, queued, bytes, connections, requests, receive, answer, grace);
    }
}
