package dev.septet.workers.serve.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A rate limit with a token bucket for each caller. The bucket holds the requests of one minute and
 * refills evenly.
 */
public final class RateLimit {
    private static final int MAX_CALLERS = 10_000;
    private static final double NANOS_A_MINUTE = 60e9;

    private final int perMinute;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_CALLERS; // a forgotten caller gets a full bucket
        }
    };

    /** The requests that a caller had left at a time. */
    private record Bucket(double left, long nanos) {}

    /**
     * @param perMinute requests per minute; 0 = no limit
     */
    public RateLimit(int perMinute, LongSupplier nanoTime) {
        this.perMinute = perMinute;
        this.nanoTime = nanoTime;
    }

    /**
     * Counts a request. Returns 0 when it is allowed now, else the seconds after which the caller
     * may retry.
     */
    public synchronized int seconds(String caller) {
        if (perMinute == 0) {
            return 0;
        }
        long now = nanoTime.getAsLong();
        double perNano = perMinute / NANOS_A_MINUTE;
        Bucket before = buckets.getOrDefault(caller, new Bucket(perMinute, now));
        double left = Math.min(perMinute, before.left() + (now - before.nanos()) * perNano);
        boolean may = left >= 1;
        buckets.put(caller, new Bucket(may ? left - 1 : left, now));
        return may ? 0 : (int) Math.ceil((1 - left) / perNano / 1e9);
    }
}
