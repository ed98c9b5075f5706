package dev.septet.workers.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a log line belongs to. In a worker: the pipeline, run, stage, attempt and activity, from the fields that Temporal's SDK
 * sets. In a model server: the request and the model. Also the trace, if there is one.
 */
final class LogFields {
    /** Field of Septet's model server, under the same name in the output. */
    private static final String REQUEST = "request_id";

    private static final String MODEL = "model";
    private static final String TRACE = "trace_id";

    private LogFields() {}

    /** The fields of a line, by their names in the output. */
    static Map<String, String> of(ILoggingEvent event) {
        Map<String, String> given = event.getMDCPropertyMap();
        Map<String, String> fields = new LinkedHashMap<>();
        String workflowId = given.get("WorkflowId");
        String runId = given.get("RunId");
        if (workflowId != null && runId != null) {
            fields.putAll(RunFields.of(workflowId, runId).all());
            copy(given, "Attempt", fields, "attempt");
            copy(given, "ActivityType", fields, "activity");
        }
        copy(given, REQUEST, fields, REQUEST);
        copy(given, MODEL, fields, MODEL);
        SpanContext span = Span.current().getSpanContext();
        if (span.isValid()) {
            fields.put(TRACE, span.getTraceId());
        } else if (runId != null) {
            TracedRuns.of(runId).ifPresent(trace -> fields.put(TRACE, trace));
        }
        return fields;
    }

    private static void copy(Map<String, String> from, String key, Map<String, String> to, String name) {
        String value = from.get(key);
        if (value != null && !value.isEmpty()) {
            to.put(name, RunFields.cut(value));
        }
    }
}
