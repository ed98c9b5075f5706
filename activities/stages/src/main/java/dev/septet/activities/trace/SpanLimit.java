package dev.septet.activities.trace;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.ImplicitContextKeyed;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the spans inside one activity's attempt, so that a long training does not fill a trace. The first spans of each
 * name are recorded, and later ones are counted.
 */
public final class SpanLimit implements ImplicitContextKeyed {
    /** The greatest number of spans of one name. */
    public static final int OF_ONE_NAME = 100;

    private static final ContextKey<SpanLimit> KEY = ContextKey.named("septet-span-limit");

    private final Map<String, AtomicLong> begun = new ConcurrentHashMap<>();
    private final AtomicLong leftOut = new AtomicLong();

    /** The limit of the activity that this context belongs to; outside of activities, a new one for one span. */
    static SpanLimit of(Context context) {
        SpanLimit limit = context.get(KEY);
        return limit == null ? new SpanLimit() : limit;
    }

    @Override
    public Context storeInContext(Context context) {
        return context.with(KEY, this);
    }

    boolean admits(String name) {
        boolean admitted =
                begun.computeIfAbsent(name, first -> new AtomicLong()).incrementAndGet() <= OF_ONE_NAME;
        if (!admitted) {
            leftOut.incrementAndGet();
        }
        return admitted;
    }

    /** Number of spans that were not recorded. */
    public long leftOut() {
        return leftOut.get();
    }
}
