package dev.septet.workers.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.trace.Traces;
import dev.septet.workers.Implementations;
import dev.septet.workers.Role;
import dev.septet.workers.SeptetPlugin;
import dev.septet.workers.StateFolder;
import dev.septet.workers.WorkerSettings;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a process records spans, and with whose tracer. */
class TraceExportTest {
    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final String URL = "http://127.0.0.1:1";

    @TempDir
    private Path folder = Path.of("");

    @AfterEach
    void forget() {
        GlobalOpenTelemetry.resetForTest();
    }

    @Test
    void isOffUntilAReceiverIsNamed() {
        assertThat(TraceExport.isConfigured(Map.of())).isFalse();
        assertThat(TraceExport.isConfigured(Map.of(ENDPOINT, " "))).isFalse();
        assertThat(TraceExport.isConfigured(Map.of(ENDPOINT, URL))).isTrue();
        assertThat(TraceExport.isConfigured(Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", URL + "/v1/traces")))
                .isTrue();
        assertThat(TraceExport.isConfigured(Map.of(ENDPOINT, URL, "OTEL_TRACES_EXPORTER", "none")))
                .isFalse();
        assertThat(TraceExport.isConfigured(Map.of(ENDPOINT, URL, "OTEL_SDK_DISABLED", "TRUE")))
                .isFalse();

        TraceExport.start(Map.of(), "septet", "1");
        assertThat(TraceExport.isOn()).isFalse();
    }

    @Test
    void namesTheVariableThatCannotBeUsed() {
        assertThatThrownBy(() -> TraceExport.start(Map.of(ENDPOINT, "collector"), "septet", "1"))
                .hasMessageContaining(ENDPOINT + " is an address such as http://127.0.0.1:4318, got 'collector'");
        assertThatThrownBy(() -> TraceExport.start(Map.of(ENDPOINT, URL, "OTEL_TRACES_SAMPLER", "some"), "septet", "1"))
                .isInstanceOf(TraceProblem.class)
                .hasMessageContainingAll("traces cannot be sent", "some", "unset " + ENDPOINT);
        assertThatThrownBy(() ->
                        TraceExport.start(Map.of(ENDPOINT, URL, "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), "septet", "1"))
                .hasMessageContaining("OTEL_EXPORTER_OTLP_PROTOCOL is http/protobuf, got 'grpc'");
        assertThat(TraceExport.isOn()).as("nothing is registered").isFalse();
    }

    /** A receiver that is away, or that takes connections and says nothing, costs a run nothing but its spans. */
    @Test
    void worksWithoutAnAnswerOfTheReceiver() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            for (int port : List.of(1, silent.getLocalPort())) {
                TraceExport.start(
                        Map.of(ENDPOINT, "http://127.0.0.1:" + port, "OTEL_EXPORTER_OTLP_TIMEOUT", "500"),
                        "septet",
                        "1");
                assertThat(TraceExport.isOn()).isTrue();

                long begun = System.nanoTime();
                assertThat(Traces.<String, RuntimeException>span("checkpoint", Attributes.empty(), () -> "done"))
                        .isEqualTo("done");
                TraceExport.flush();

                assertThat((System.nanoTime() - begun) / 1e9).as("seconds").isLessThan(20);
                GlobalOpenTelemetry.resetForTest();
            }
        }
    }

    /** A Java agent, for example. */
    @Test
    void usesTheTracerThatIsThere() {
        OpenTelemetry theirs = new SentSpans().telemetry();
        GlobalOpenTelemetry.set(theirs);

        TraceExport.start(Map.of(ENDPOINT, URL), "septet", "1");

        assertThat(Traces.tracer().spanBuilder("x").startSpan().isRecording()).isTrue();
    }

    @Test
    void aProgramWithThePluginKeepsItsOwnTracerOrNone() {
        WorkerSettings settings = WorkerSettings.of(Role.ALL, new StateFolder(folder), List.of());
        var unused = new SeptetPlugin(settings, new Implementations(List.of(), List.of()), new Shutdown());
        assertThat(Traces.<String, RuntimeException>span("checkpoint", Attributes.empty(), () -> "done"))
                .isEqualTo("done");

        assertThat(GlobalOpenTelemetry.isSet())
                .as("set before the program sets it")
                .isFalse();
        GlobalOpenTelemetry.set(OpenTelemetry.noop()); // would throw
    }
}
