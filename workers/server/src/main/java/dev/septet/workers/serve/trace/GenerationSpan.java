package dev.septet.workers.serve.trace;

import dev.septet.activities.trace.Traces;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletedAnswer;
import dev.septet.workers.serve.openai.CompletionRequest;
import dev.septet.workers.serve.openai.ResponseHeader;
import dev.septet.workers.serve.openai.ResponseShape;
import dev.septet.workers.serve.openai.TokenUsage;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The span of one request for answers, and the fields of its log lines. It continues the trace of the request's header {@code
 * traceparent}. It has sizes and settings of a request, and never its texts.
 */
public final class GenerationSpan {
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
    private static final AttributeKey<List<String>> FINISH_REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");
    private static final AttributeKey<Double> TO_FIRST_TOKEN =
            AttributeKey.doubleKey("gen_ai.server.time_to_first_token");
    private static final double NANOS = 1e9;
    private static final int SERVER_ERROR = 500;
    private static final String REQUEST_ID = "request_id";
    private static final String MODEL = "model";

    private final String operation;
    private final Context context;
    private final Span span;
    private final long begun = System.nanoTime();
    private final AtomicBoolean firstToken = new AtomicBoolean();

    private GenerationSpan(String operation, Context parent) {
        this.operation = operation;
        span = Traces.tracer()
                .spanBuilder(operation)
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(OPERATION, operation)
                .setAttribute("gen_ai.provider.name", "septet")
                .startSpan();
        context = parent.with(span);
    }

    /** Begins the span of a request. */
    public static GenerationSpan begin(Request request, ResponseShape shape) {
        Context parent = GlobalOpenTelemetry.getOrNoop()
                .getPropagators()
                .getTextMapPropagator()
                .extract(Context.root(), request, new Headers());
        GenerationSpan begun = new GenerationSpan(shape == ResponseShape.CHAT ? "chat" : "text_completion", parent);
        begun.span.setAttribute("http.request.method", request.getMethod());
        begun.span.setAttribute("url.path", request.getHttpURI().getPath());
        return begun;
    }

    /** A callback that ends the span when the response has been sent. */
    public Callback ending(Response response, Callback callback) {
        return Callback.from(callback.getInvocationType(), () -> end(response, callback), failure -> {
            Traces.failed(span, failure);
            span.end();
            callback.failed(failure);
        });
    }

    private void end(Response response, Callback callback) {
        span.setAttribute("http.response.status_code", response.getStatus());
        if (response.getStatus() >= SERVER_ERROR) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
        callback.succeeded();
    }

    /** Notes what is asked. The names of models are those that this server serves. */
    public void asked(CompletionRequest request, ResponseHeader head, @Nullable String pipeline) {
        span.updateName(operation + " " + head.model());
        span.setAttribute("gen_ai.request.model", head.model());
        span.setAttribute("gen_ai.response.model", head.model());
        span.setAttribute("gen_ai.response.id", head.id());
        span.setAttribute("septet.model.version", head.version());
        span.setAttribute("gen_ai.request.temperature", request.temperature());
        span.setAttribute("gen_ai.request.top_p", request.topP());
        span.setAttribute("gen_ai.request.stream", request.stream());
        if (pipeline != null) {
            span.setAttribute("septet.pipeline", pipeline);
        }
        if (request.maxTokens() != null) {
            span.setAttribute("gen_ai.request.max_tokens", request.maxTokens());
        }
        if (request.choices() > 1) {
            span.setAttribute("gen_ai.request.choice.count", request.choices());
        }
    }

    /** Makes this the current span, and gives the thread's log lines the request's id and model, until it is closed. */
    @SuppressWarnings("MustBeClosedChecker") // the caller closes it
    public Scope current(ResponseHeader head) {
        Scope scope = context.makeCurrent();
        MDC.put(REQUEST_ID, head.id());
        MDC.put(MODEL, head.model());
        return () -> {
            MDC.remove(REQUEST_ID);
            MDC.remove(MODEL);
            scope.close();
        };
    }

    void token() {
        if (firstToken.compareAndSet(false, true)) {
            double seconds = (System.nanoTime() - begun) / NANOS;
            span.addEvent("first_token", Attributes.of(TO_FIRST_TOKEN, seconds));
        }
    }

    void complete(List<CompletedAnswer> answers, TokenUsage usage) {
        span.setAttribute("gen_ai.usage.input_tokens", usage.prompt());
        span.setAttribute("gen_ai.usage.output_tokens", usage.completion());
        span.setAttribute(
                FINISH_REASONS, answers.stream().map(CompletedAnswer::finish).toList());
    }

    void failed(ApiProblem problem) {
        String code = problem.code();
        span.setAttribute(Traces.ERROR, code == null ? String.valueOf(problem.status()) : code);
    }

    void disconnected() {
        span.setAttribute(Traces.ERROR, "client_disconnected");
    }

    /** The header of W3C's trace context. */
    private static final class Headers implements TextMapGetter<Request> {
        @Override
        public Iterable<String> keys(Request request) {
            return List.of("traceparent", "tracestate");
        }

        @Override
        public @Nullable String get(@Nullable Request request, String key) {
            return request == null ? null : request.getHeaders().get(key);
        }
    }
}
