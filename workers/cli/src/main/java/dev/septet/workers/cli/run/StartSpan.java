package dev.septet.workers.cli.run;

import dev.septet.activities.trace.Traces;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.Session;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The span of a run's start. The spans of the run's workflow and activities are below it. */
final class StartSpan implements AutoCloseable {
    private final Session session;
    private final Span span;
    private final Scope scope;

    @SuppressWarnings("MustBeClosedChecker") // close() does
    private StartSpan(Session session, Span span) {
        this.session = session;
        this.span = span;
        this.scope = span.makeCurrent();
    }

    /** Begins the span, inside the one that the environment names. */
    static StartSpan begin(Session session, String pipeline) {
        Context parent = W3CTraceContextPropagator.getInstance()
                .extract(Context.root(), session.environment(), new FromEnvironment());
        Span span = Traces.tracer()
                .spanBuilder("septet run")
                .setParent(parent)
                .setAttribute("septet.pipeline", pipeline)
                .startSpan();
        return new StartSpan(session, span);
    }

    /** Notes the started run, and prints its trace. */
    RunHandle started(RunHandle run) {
        span.setAttribute("septet.run", run.runId());
        if (span.isRecording()) {
            session.terminal().note("Trace    " + span.getSpanContext().getTraceId());
        }
        return run;
    }

    @Override
    public void close() {
        scope.close();
        span.end();
    }

    /** The field {@code traceparent} in an environment variable. */
    private static final class FromEnvironment implements TextMapGetter<Map<String, String>> {
        @Override
        public Iterable<String> keys(Map<String, String> environment) {
            return List.of("traceparent");
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> environment, String key) {
            return environment == null || !key.equals("traceparent") ? null : Setting.TRACEPARENT.value(environment);
        }
    }
}
