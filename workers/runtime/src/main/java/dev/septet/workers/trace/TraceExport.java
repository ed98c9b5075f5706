package dev.septet.workers.trace;

import dev.septet.settings.Setting;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sends the spans of this process to the receiver that OpenTelemetry's variables name. Without a receiver, nothing is
 * recorded. If the process already has a tracer, for example of a Java agent, Septet uses that tracer.
 */
public final class TraceExport {
    /** The longest time that a process waits at its end for its last spans to be sent. */
    private static final int LAST_SECONDS = 3;

    private static final AtomicReference<@Nullable OpenTelemetrySdk> OWN = new AtomicReference<>();

    /** A strong reference: a logger without one loses its handler. */
    private static final Logger SDK_LOG = Logger.getLogger("io.opentelemetry");

    private TraceExport() {}

    /** Whether these variables name a receiver, and do not turn traces off. */
    public static boolean isConfigured(Map<String, String> environment) {
        boolean named = !(Setting.OTEL_EXPORTER_OTLP_ENDPOINT.text(environment)
                        + Setting.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT.text(environment))
                .isEmpty();
        return named
                && !"none".equals(Setting.OTEL_TRACES_EXPORTER.text(environment))
                && !"true".equalsIgnoreCase(Setting.OTEL_SDK_DISABLED.text(environment));
    }

    /**
     * Begins to record spans, if the variables name a receiver.
     *
     * @param service service name where the environment has none
     * @param version this program's version
     * @throws TraceProblem when a variable has a value that OpenTelemetry cannot use
     * @throws IllegalArgumentException when a variable has another form than {@link Setting} declares
     */
    public static void start(Map<String, String> environment, String service, String version) {
        if (!isConfigured(environment) || GlobalOpenTelemetry.isSet()) {
            return;
        }
        for (Setting protocol :
                List.of(Setting.OTEL_EXPORTER_OTLP_PROTOCOL, Setting.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL)) {
            var unused = protocol.text(environment); // gRPC would need another HTTP client
        }
        bridgeLog();
        Map<String, String> given = given(environment);
        given.putIfAbsent("otel.service.name", service);
        given.merge("otel.resource.attributes", "service.version=" + version, (set, own) -> own + "," + set);
        given.putIfAbsent("otel.exporter.otlp.protocol", Setting.OTEL_EXPORTER_OTLP_PROTOCOL.standard());
        // Septet has its own metrics and logs, and takes no data of callers along.
        given.put("otel.metrics.exporter", "none");
        given.put("otel.logs.exporter", "none");
        given.put("otel.propagators", "tracecontext");
        try {
            OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook() // the last spans end while the process shuts down
                    .addPropertiesCustomizer(unused -> given)
                    .addSpanExporterCustomizer((exporter, unused) -> new PublicSpans(exporter))
                    .build()
                    .getOpenTelemetrySdk();
            GlobalOpenTelemetry.set(sdk);
            OWN.set(sdk);
        } catch (ConfigurationException | IllegalArgumentException | IllegalStateException invalid) {
            throw new TraceProblem(
                    "traces cannot be sent: %s. Correct the OTEL_ variables, or unset %s to turn traces off"
                            .formatted(invalid.getMessage(), Setting.OTEL_EXPORTER_OTLP_ENDPOINT.variable()),
                    invalid);
        }
    }

    /** Whether this process records spans with Septet's own exporter. */
    public static boolean isOn() {
        return GlobalOpenTelemetry.isSet();
    }

    /** The tracer of this process. */
    static OpenTelemetry telemetry() {
        return GlobalOpenTelemetry.getOrNoop();
    }

    /** Sends the spans that have ended, and waits a few seconds for it. */
    public static void flush() {
        OpenTelemetrySdk sdk = OWN.get();
        if (sdk != null) {
            var unused = sdk.getSdkTracerProvider().forceFlush().join(LAST_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static Map<String, String> given(Map<String, String> environment) {
        Map<String, String> given = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(Setting.OTEL.prefix()) && !value.isBlank()) {
                given.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return given;
    }

    /** OpenTelemetry logs by java.util.logging, which would write to standard error. */
    private static void bridgeLog() {
        SDK_LOG.setUseParentHandlers(false);
        SDK_LOG.addHandler(new SLF4JBridgeHandler());
    }
}
