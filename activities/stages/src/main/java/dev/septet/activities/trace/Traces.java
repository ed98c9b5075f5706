package dev.septet.activities.trace;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/**
 * Records spans of Septet's own work, inside the span of the current thread.
 *
 * <p>This class registers no tracer. A program that embeds Septet keeps its own tracer, or none.
 */
public final class Traces {
    /** The step of a training, counted from 1. */
    public static final AttributeKey<Long> STEP = AttributeKey.longKey("septet.step");

    /** Number of rows. */
    public static final AttributeKey<Long> ROWS = AttributeKey.longKey("septet.rows");

    /** Number of bytes. */
    public static final AttributeKey<Long> BYTES = AttributeKey.longKey("septet.bytes");

    /** Number of files. */
    public static final AttributeKey<Long> FILES = AttributeKey.longKey("septet.files");

    /** The class of a failure; a message may quote data, so spans have none. */
    public static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private static final String SCOPE = "dev.septet";

    private Traces() {}

    /** Work with a result. */
    @FunctionalInterface
    public interface Work<R, E extends Exception> {
        R run() throws E;
    }

    /** The tracer of this process; it records nothing where none is registered. */
    public static Tracer tracer() {
        return GlobalOpenTelemetry.getOrNoop().getTracer(SCOPE);
    }

    /**
     * Runs work in a span of this name. An activity records at most {@link SpanLimit#OF_ONE_NAME} spans of one name.
     *
     * @param name the same for all spans of a kind, without ids and numbers
     */
    @SuppressWarnings("try") // the scope ends with the block
    public static <R, E extends Exception> R span(String name, Attributes attributes, Work<R, E> work) throws E {
        Context parent = Context.current();
        if (!SpanLimit.of(parent).admits(name)) {
            return work.run();
        }
        Span span = tracer().spanBuilder(name)
                .setParent(parent)
                .setAllAttributes(attributes)
                .startSpan();
        try (Scope current = span.makeCurrent()) {
            return work.run();
        } catch (Throwable failure) {
            failed(span, failure);
            throw failure;
        } finally {
            span.end();
        }
    }

    /** Marks a span as failed, without the failure's message. */
    public static void failed(Span span, Throwable failure) {
        span.setStatus(StatusCode.ERROR);
        span.setAttribute(ERROR, failure.getClass().getName());
    }
}
