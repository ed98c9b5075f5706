package dev.septet.workers.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Logs one line a minute while the Temporal server does not answer, instead of some 300 stack
 * traces of the SDK.
 */
public final class OutageFilter extends TurboFilter {
    private static final String SDK = "io.temporal.";
    private static final long EVERY_NANOS = 60_000_000_000L;
    private static final Set<Status.Code> AWAY =
            EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED, Status.Code.CANCELLED);

    private long last;
    private boolean reported;

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            @Nullable Object @Nullable [] params,
            @Nullable Throwable problem) {
        Status.Code code = logger.getName().startsWith(SDK) ? outage(thrown(params, problem)) : null;
        if (code == null) {
            return FilterReply.NEUTRAL;
        }
        if (due()) {
            LoggerFactory.getLogger(OutageFilter.class)
                    .warn("the Temporal server does not answer ({}); trying until it does", code);
        }
        return FilterReply.DENY;
    }

    /**
     * The logged throwable. If a message has several parameters, logback finds the throwable only
     * after its filters.
     */
    private static @Nullable Throwable thrown(@Nullable Object @Nullable [] params, @Nullable Throwable problem) {
        if (problem != null || params == null || params.length == 0) {
            return problem;
        }
        return params[params.length - 1] instanceof Throwable last ? last : null;
    }

    private synchronized boolean due() {
        long now = System.nanoTime();
        if (reported && now - last < EVERY_NANOS) {
            return false;
        }
        reported = true;
        last = now;
        return true;
    }

    private static Status.@Nullable Code outage(@Nullable Throwable problem) {
        for (Throwable at = problem; at != null; at = at.getCause()) {
            if (at instanceof StatusRuntimeException grpc
                    && AWAY.contains(grpc.getStatus().getCode())) {
                return grpc.getStatus().getCode();
            }
        }
        return null;
    }
}
