package dev.septet.workers.serve.http;

import dev.septet.workers.serve.openai.RequestLimits;
import java.time.Duration;

/**
 * The limits of a model server.
 *
 * @param request limits of one request
 * @param running answers that are generated at once
 * @param queued answers that may wait; more are refused
 * @param bytes most bytes of request bodies in memory
 * @param connections open connections; more wait to be accepted
 * @param perMinute requests per minute of one key, or of one address where no keys are required; 0
 *     = no limit
 * @param receive time in which a request must arrive completely
 * @param answer time in which it must be answered, including its wait
 * @param grace time for which streams may continue when the server ends
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

    /**
     * Part of the heap for request bodies, which need about four times their size until the answer
     * is complete.
     */
    private static final int SHARE_OF_HEAP = 32;

    private static final long MAX_BYTES = 64L << 20;

    /** Limits with as many bytes of request bodies as this process's memory allows. */
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
        long share = Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
        return Math.max(4L * request.bytes(), share);
    }

    /** The same limits with this maximum of bytes of request bodies. */
    public ServeLimits withBytes(long max) {
        return new ServeLimits(request, running, queued, max, connections, perMinute, receive, answer, grace);
    }

    /** The same limits with this number of requests per minute. */
    public ServeLimits perMinute(int requests) {
        return new ServeLimits(request, running, queued, bytes, connections, requests, receive, answer, grace);
    }
}
