package dev.septet.activities.trace;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.Map;
import org.slf4j.MDC;

/**
 * Carries the caller's span and log fields into another thread, so that the work there belongs to the same activity or
 * request.
 */
public final class CallerContext {
    private CallerContext() {}

    /** The same work, with the span and the log fields of the thread that calls this method. */
    @SuppressWarnings("try") // the scope ends with the block
    public static Runnable of(Runnable work) {
        Context context = Context.current();
        Map<String, String> fields = MDC.getCopyOfContextMap();
        if (context == Context.root() && (fields == null || fields.isEmpty())) {
            return work;
        }
        Map<String, String> given = fields == null ? Map.of() : fields;
        return () -> {
            Map<String, String> own = MDC.getCopyOfContextMap();
            MDC.setContextMap(given);
            try (Scope current = context.makeCurrent()) {
                work.run();
            } finally {
                MDC.setContextMap(own == null ? Map.of() : own);
            }
        };
    }
}
