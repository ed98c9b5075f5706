package dev.septet.workers.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;

/**
 * Leaves out what must not leave a process: messages and stack traces of failures, which may quote data. Failures keep
 * their class. Also leaves out the spans of workflows that were only replayed, for example to answer a query.
 */
final class PublicSpans implements SpanExporter {
    /** Marks a span that repeats one that was recorded before. */
    static final AttributeKey<Boolean> REPLAYED = AttributeKey.booleanKey("septet.replayed");

    private static final String EXCEPTION = "exception";
    private static final AttributeKey<String> EXCEPTION_TYPE = AttributeKey.stringKey("exception.type");

    /** The names under which instrumentations record a failure's class. */
    private static final List<AttributeKey<String>> TYPES =
            List.of(EXCEPTION_TYPE, AttributeKey.stringKey("error.kind"));

    private final SpanExporter next;

    PublicSpans(SpanExporter next) {
        this.next = next;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        List<SpanData> all = spans.stream()
                .filter(span -> span.getAttributes().get(REPLAYED) == null)
                .map(span -> (SpanData) new Public(span))
                .toList();
        return all.isEmpty() ? CompletableResultCode.ofSuccess() : next.export(all);
    }

    @Override
    public CompletableResultCode flush() {
        return next.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return next.shutdown();
    }

    @Override
    public String toString() {
        return "PublicSpans of " + next;
    }

    private static EventData cleaned(EventData event) {
        for (AttributeKey<String> key : TYPES) {
            String type = event.getAttributes().get(key);
            if (type != null) {
                return EventData.create(event.getEpochNanos(), EXCEPTION, Attributes.of(EXCEPTION_TYPE, type));
            }
        }
        boolean failure = event.getName().equals(EXCEPTION) || event.getName().equals("error");
        return failure ? EventData.create(event.getEpochNanos(), EXCEPTION, Attributes.empty()) : event;
    }

    private static final class Public extends DelegatingSpanData {
        Public(SpanData span) {
            super(span);
        }

        @Override
        public List<EventData> getEvents() {
            return super.getEvents().stream().map(PublicSpans::cleaned).toList();
        }

        @Override
        public StatusData getStatus() {
            return StatusData.create(super.getStatus().getStatusCode(), "");
        }
    }
}
