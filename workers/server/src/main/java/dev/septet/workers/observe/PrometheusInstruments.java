package dev.septet.workers.observe;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics of this process, for Prometheus: Septet's own, the JVM's, and those of libraries that report to Micrometer.
 * {@link LabelLimits} bounds the number of their series.
 */
public final class PrometheusInstruments implements Instruments {
    /** The type of {@link #scrape}. */
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final Logger LOG = LoggerFactory.getLogger(PrometheusInstruments.class);

    /** Labels of Temporal's metrics with names that strangers may choose. */
    private static final List<String> OPEN_LABELS =
            List.of("workflow_type", "activity_type", "task_queue", "operation");

    /** Upper bounds in seconds of Temporal's waits and latencies, from a local server's to a long queue's. */
    private static final double[] LATENCY = {0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800};

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusMeterRegistry bridge =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
    private final Map<ProcessMetric, Counter> counters = new EnumMap<>(ProcessMetric.class);
    private final Map<ProcessMetric, Gauge> gauges = new EnumMap<>(ProcessMetric.class);
    private final Map<ProcessMetric, Histogram> histograms = new EnumMap<>(ProcessMetric.class);
    private final LabelLimits limits = new LabelLimits();
    private final List<Runnable> readers = new CopyOnWriteArrayList<>();
    private final Set<ProcessMetric> read = ConcurrentHashMap.newKeySet();

    /** Metrics of this process. */
    public PrometheusInstruments() {
        JvmMemoryMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
        ProcessMetrics.builder().register(registry);
        for (String label : OPEN_LABELS) {
            bridge.config()
                    .meterFilter(MeterFilter.maximumAllowableTags(
                            "temporal_", label, LabelLimits.MOST_VALUES, MeterFilter.deny()));
        }
        bridge.config().meterFilter(new LatencyBounds());
        for (ProcessMetric metric : ProcessMetric.values()) {
            String[] labels = metric.labels().toArray(String[]::new);
            switch (metric.kind()) {
                case COUNTER ->
                    counters.put(
                            metric,
                            Counter.builder()
                                    .name(metric.series())
                                    .help(metric.description())
                                    .labelNames(labels)
                                    .withoutExemplars()
                                    .register(registry));
                case HISTOGRAM ->
                    histograms.put(
                            metric,
                            Histogram.builder()
                                    .name(metric.series())
                                    .help(metric.description())
                                    .labelNames(labels)
                                    .withoutExemplars()
                                    .classicOnly()
                                    .classicUpperBounds(metric.bounds())
                                    .register(registry));
                case GAUGE -> {
                    if (labels.length > 0) {
                        gauges.put(
                                metric,
                                Gauge.builder()
                                        .name(metric.series())
                                        .help(metric.description())
                                        .labelNames(labels)
                                        .withoutExemplars()
                                        .register(registry));
                    }
                }
            }
        }
    }

    /** The registry for libraries that report to Micrometer, such as Temporal's SDK. */
    public MeterRegistry micrometer() {
        return bridge;
    }

    /** Runs before each look at the metrics, to set gauges that nobody reports. */
    public void beforeScrape(Runnable reader) {
        readers.add(reader);
    }

    /** All metrics in Prometheus's text format. */
    public String scrape() {
        for (Runnable reader : readers) {
            try {
                reader.run();
            } catch (RuntimeException e) {
                LOG.warn("a metric cannot be read: {}", e.toString());
            }
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(text, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public void add(ProcessMetric metric, double amount, String... labels) {
        Counter counter = counters.get(metric);
        if (counter != null && amount > 0 && Double.isFinite(amount)) {
            if (labels.length == 0) {
                counter.inc(amount);
            } else {
                counter.labelValues(limits.limited(metric, labels)).inc(amount);
            }
        }
    }

    @Override
    public void set(ProcessMetric metric, double value, String... labels) {
        Gauge gauge = gauges.get(metric);
        if (gauge != null) {
            // Not between the two steps of a removal, which would leave a series that nobody counts.
            synchronized (gauge) {
                Optional<String[]> values = limits.exact(metric, labels);
                if (values.isPresent()) {
                    gauge.labelValues(values.get()).set(value);
                    return;
                }
            }
            add(ProcessMetric.GAUGES_LEFT_OUT, 1, metric.series());
        }
    }

    @Override
    public void remove(ProcessMetric metric, String... labels) {
        Gauge gauge = gauges.get(metric);
        if (gauge != null) {
            synchronized (gauge) {
                gauge.remove(limits.free(metric, labels));
            }
        }
    }

    @Override
    public void observe(ProcessMetric metric, double seconds, String... labels) {
        Histogram histogram = histograms.get(metric);
        if (histogram != null) {
            if (labels.length == 0) {
                histogram.observe(seconds);
            } else {
                histogram.labelValues(limits.limited(metric, labels)).observe(seconds);
            }
        }
    }

    @Override
    public void read(ProcessMetric metric, DoubleSupplier value) {
        if (metric.kind() == ProcessMetric.Kind.GAUGE && metric.labels().isEmpty() && read.add(metric)) {
            GaugeWithCallback.builder()
                    .name(metric.series())
                    .help(metric.description())
                    .callback(callback -> callback.call(value.getAsDouble()))
                    .register(registry);
        }
    }

    /**
     * Gives a few bounds to the waits and latencies of Temporal's SDK that alerts and dashboards need. Its reporter requests
     * about 70 bounds for each series; the other durations keep their sum, count and maximum.
     */
    private static final class LatencyBounds implements MeterFilter {
        private static final Set<String> NAMES = Set.of(
                "temporal_activity_schedule_to_start_latency",
                "temporal_workflow_task_schedule_to_start_latency",
                "temporal_workflow_task_execution_latency",
                "temporal_request_latency");

        @Override
        public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
            DistributionStatisticConfig.Builder fewer =
                    DistributionStatisticConfig.builder().percentilesHistogram(false);
            if (NAMES.contains(id.getName())) {
                fewer.serviceLevelObjectives(DoubleStream.of(LATENCY)
                        .map(seconds -> seconds * Duration.ofSeconds(1).toNanos())
                        .toArray());
            }
            return fewer.build().merge(config);
        }
    }
}
