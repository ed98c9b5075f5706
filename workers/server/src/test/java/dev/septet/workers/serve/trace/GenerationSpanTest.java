package dev.septet.workers.serve.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.septet.workers.serve.Served;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the span of a request has, and what it never has. */
class GenerationSpanTest {
    private static final String CANARY = "canary4711";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";

    private final List<SpanData> ended = new CopyOnWriteArrayList<>();

    @BeforeEach
    void record() {
        GlobalOpenTelemetry.resetForTest();
        GlobalOpenTelemetry.set(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(new Kept()))
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build());
    }

    @AfterEach
    void forget() {
        GlobalOpenTelemetry.resetForTest();
    }

    @Test
    void continuesTheCallersTraceAndCountsWithoutTexts() throws Exception {
        try (Served server = new Served()) {
            server.post(
                    "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"" + CANARY
                            + "\"}]}",
                    "traceparent",
                    "00-" + TRACE + "-" + PARENT + "-01");
        }

        SpanData span = only();
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(PARENT);
        assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(span.getName()).isEqualTo("chat m");
        assertThat(span.getAttributes().asMap().toString())
                .contains(
                        "gen_ai.operation.name=chat",
                        "gen_ai.request.model=m",
                        "gen_ai.request.max_tokens=9",
                        "gen_ai.usage.input_tokens=",
                        "gen_ai.usage.output_tokens=",
                        "gen_ai.response.finish_reasons=[stop]",
                        "http.response.status_code=200");
        assertThat(span.getEvents()).hasSize(1);
        assertThat(span.getEvents().get(0).getName()).isEqualTo("first_token");
        assertThat(span.toString()).doesNotContain(CANARY);
    }

    @Test
    void hasNoNameThatACallerInvents() throws Exception {
        try (Served server = new Served()) {
            server.post(
                    "{\"model\":\"" + CANARY + "\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                    "traceparent",
                    "00-" + "0".repeat(32) + "-" + CANARY + "-01");
        }

        SpanData span = only();
        assertThat(span.getName()).isEqualTo("chat");
        assertThat(span.getParentSpanId()).as("a new trace").isEqualTo("0".repeat(16));
        assertThat(span.getAttributes().asMap().toString()).contains("http.response.status_code=404");
        assertThat(span.toString()).doesNotContain(CANARY);
    }

    @Test
    void endsForARequestThatIsNoJson() throws Exception {
        try (Served server = new Served()) {
            server.post("{\"model\":", "x-none", "1");
        }

        assertThat(only().getAttributes().asMap().toString()).contains("http.response.status_code=400");
    }

    @Test
    void linesAboutARequestNameItAndItsModel() throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger("dev.septet.workers.serve.http.Guard");
        ListAppender<ILoggingEvent> lines = new ListAppender<>() {
            @Override
            protected void append(ILoggingEvent event) {
                event.prepareForDeferredProcessing(); // keeps the thread's fields
                super.append(event);
            }
        };
        lines.start();
        log.addAppender(lines);
        log.setAdditive(false);
        try (Served server = new Served()) {
            server.post(
                    "{\"model\":\"broken\",\"messages\":[{\"role\":\"user\",\"content\":\"" + CANARY + "\"}]}",
                    "x-none",
                    "1");
        } finally {
            log.setAdditive(true);
            log.detachAppender(lines);
        }

        assertThat(lines.list).hasSize(1);
        assertThat(lines.list.get(0).getMDCPropertyMap().get("request_id")).startsWith("chatcmpl-");
        assertThat(lines.list.get(0).getMDCPropertyMap()).containsEntry("model", "broken");
        assertThat(lines.list.get(0).getFormattedMessage()).doesNotContain(CANARY);
        SpanData span = only();
        assertThat(span.getStatus().getStatusCode()).hasToString("ERROR");
        assertThat(span.toString()).doesNotContain(CANARY);
    }

    private SpanData only() {
        await().until(() -> !ended.isEmpty());
        assertThat(ended).hasSize(1);
        return ended.get(0);
    }

    private final class Kept implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            ended.addAll(spans);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
