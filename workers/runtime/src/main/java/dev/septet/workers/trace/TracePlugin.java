package dev.septet.workers.trace;

import dev.septet.activities.trace.SpanLimit;
import dev.septet.workers.log.RunFields;
import dev.septet.workers.log.TracedRuns;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.opentracingshim.OpenTracingShim;
import io.opentracing.Tracer;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.SimplePlugin;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowClientInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.opentracing.OpenTracingClientInterceptor;
import io.temporal.opentracing.OpenTracingOptions;
import io.temporal.opentracing.OpenTracingWorkerInterceptor;
import io.temporal.opentracing.SpanBuilderProvider;
import io.temporal.opentracing.SpanCreationContext;
import io.temporal.opentracing.SpanOperationType;
import io.temporal.opentracing.internal.ActionTypeAndNameSpanBuilderProvider;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import io.temporal.workflow.unsafe.WorkflowUnsafe;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Spans of workflows and activities in Septet's own workers, with Temporal's interceptors for OpenTracing. The span's
 * context goes through Temporal's headers, so it changes no command of a workflow.
 */
@SuppressWarnings("deprecation") // of the shim: Temporal's interceptors know OpenTracing only
public final class TracePlugin extends SimplePlugin {
    /** Spans of the workers of this process, with the tracer that {@link TraceExport} has registered. */
    public TracePlugin() {
        this(TraceExport.telemetry());
    }

    TracePlugin(OpenTelemetry telemetry) {
        // The last interceptor runs first: inside the span, its fields are set.
        super(newBuilder("septet-traces")
                .addWorkerInterceptors(new InsideSpans(), new OpenTracingWorkerInterceptor(options(telemetry))));
    }

    /** Adds the span of a workflow's start to a client's requests. */
    public static WorkflowClientInterceptor starts() {
        return new OpenTracingClientInterceptor(options(TraceExport.telemetry()));
    }

    private static OpenTracingOptions options(OpenTelemetry telemetry) {
        return OpenTracingOptions.newBuilder()
                .setTracer(OpenTracingShim.createTracerShim(telemetry))
                .setSpanBuilderProvider(new Selected())
                .build();
    }

    /**
     * Spans without queries and signals: commands ask for a status every second, and activities report their progress as
     * often. An update is recorded once, not at each replay.
     */
    private static final class Selected implements SpanBuilderProvider {
        private static final Set<SpanOperationType> FREQUENT = EnumSet.of(
                SpanOperationType.HANDLE_QUERY,
                SpanOperationType.QUERY_WORKFLOW,
                SpanOperationType.HANDLE_SIGNAL,
                SpanOperationType.SIGNAL_WORKFLOW,
                SpanOperationType.SIGNAL_EXTERNAL_WORKFLOW);

        private final Tracer none = OpenTracingShim.createTracerShim(OpenTelemetry.noop());

        @Override
        public Tracer.SpanBuilder createSpanBuilder(Tracer tracer, SpanCreationContext context) {
            SpanOperationType type = context.getSpanOperationType();
            boolean repeated = type == SpanOperationType.HANDLE_UPDATE && WorkflowUnsafe.isReplaying();
            return ActionTypeAndNameSpanBuilderProvider.INSTANCE.createSpanBuilder(
                    repeated || FREQUENT.contains(type) ? none : tracer, context);
        }
    }

    private static void describe(String workflowId, String runId, @Nullable Integer attempt) {
        Span span = Span.current();
        RunFields fields = RunFields.of(workflowId, runId);
        for (Map.Entry<String, String> field : fields.all().entrySet()) {
            span.setAttribute("septet." + field.getKey(), field.getValue());
        }
        if (attempt != null) {
            span.setAttribute("septet.attempt", attempt);
        }
        SpanContext context = span.getSpanContext();
        if (context.isValid()) {
            TracedRuns.add(runId, context.getTraceId());
        }
    }

    /** What happens inside the spans of workflows and activities. */
    private static final class InsideSpans extends WorkerInterceptorBase {
        @Override
        public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
            return new WorkflowInboundCallsInterceptorBase(next) {
                @Override
                public WorkflowOutput execute(WorkflowInput input) {
                    WorkflowInfo info = Workflow.getInfo();
                    describe(info.getWorkflowId(), info.getRunId(), null);
                    try {
                        return super.execute(input);
                    } finally {
                        if (WorkflowUnsafe.isReplaying()) {
                            Span.current().setAttribute(PublicSpans.REPLAYED, true);
                        }
                    }
                }
            };
        }

        @Override
        public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
            return new ActivityInboundCallsInterceptorBase(next) {
                private @Nullable ActivityInfo info;

                @Override
                public void init(ActivityExecutionContext context) {
                    info = context.getInfo();
                    super.init(context);
                }

                @Override
                @SuppressWarnings("try") // the scope ends with the block
                public ActivityOutput execute(ActivityInput input) {
                    ActivityInfo known = Objects.requireNonNull(info);
                    describe(
                            String.valueOf(known.getWorkflowId()),
                            String.valueOf(known.getWorkflowRunId()),
                            known.getAttempt());
                    SpanLimit limit = new SpanLimit();
                    try (Scope scope = Context.current().with(limit).makeCurrent()) {
                        return super.execute(input);
                    } finally {
                        if (limit.leftOut() > 0) {
                            Span.current().setAttribute("septet.spans_left_out", limit.leftOut());
                        }
                    }
                }
            };
        }
    }
}
